import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bytesOf } from "../bytes.ts";
import { jsonFormat } from "../formats/json/format.ts";
import type { Json } from "../json.ts";
import { Budget, DEFAULT_LIMITS } from "../limits.ts";
import { examinersOf } from "./loaded.ts";

/** Walks one document in a process of its own and prints each module that was loaded for it. */
const WALKER = `
import { registerHooks } from "node:module";
registerHooks({ load(url, context, next) { console.log(url); return next(url, context); } });
const { walkFile } = await import(process.argv[1] + "/scan/walk.ts");
const { bytesOf } = await import(process.argv[1] + "/bytes.ts");
const { DEFAULT_LIMITS } = await import(process.argv[1] + "/limits.ts");
await walkFile("config.json", bytesOf(Buffer.from(process.argv[2])), DEFAULT_LIMITS, () => {});
`;

/** What examining a document loads of `src/scan`: folders, and files of `tensorflow`, whose rules are always there. */
function loadedFor(document: Json): ReadonlySet<string> {
  const args = ["--input-type=module", "-e", WALKER, join(import.meta.dirname, ".."), JSON.stringify(document)];
  const urls = execFileSync(process.execPath, args, { encoding: "utf8" }).split("\n");
  return new Set(urls.flatMap((url) => /\/src\/scan\/((?:tensorflow\/.*|[^/]+(?=\/)))/.exec(url)?.[1] ?? []));
}

describe("a configuration", () => {
  it("that names no callable does not load the lists of callables, nor the operators of graphs", () => {
    const loaded = loadedFor({ model_type: "llama", architectures: ["LlamaForCausalLM"], auto_map: { AutoModel: "m.X" }, vocab_size: 32000 });
    expect(loaded).toContain("json");
    expect(["callables", "yaml", "tensorflow/operators.ts"].filter((each) => loaded.has(each))).toEqual([]);
  });

  it("that names one does", () => {
    expect(loadedFor({ model_type: "x", head: { _target_: "os.system" } })).toContain("callables");
  });
});

describe("the examiners of a format", () => {
  const asked = async (document: Json) => {
    const { facts } = await jsonFormat.parse(bytesOf(Buffer.from(JSON.stringify(document))), new Budget(DEFAULT_LIMITS));
    return examinersOf("json", facts);
  };

  it("come with the parts that the facts need, each loaded once", async () => {
    const [plain, more] = [await asked({ model_type: "x" }), await asked({ a: { _target_: "os.system" } })];
    expect([plain.length, more.length]).toEqual([1, 2]);
    expect(more[0]).toBe(plain[0]);
    expect((await asked({ b: { _target_: "os.system" } }))[1]).toBe(more[1]);
  });

  it("are none for a format that nobody examines", async () => {
    expect(await examinersOf("no-such-format", {})).toEqual([]);
  });
});
