import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { linear, lua, Torch7Writer } from "../../../test/fixtures/torch7/writer.ts";
import { bytesOf } from "../../bytes.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";

const code = (name: string) => readFileSync(new URL(`../../../test/fixtures/torch7/${name}`, import.meta.url));

async function findings(bytes: Uint8Array): Promise<readonly string[]> {
  const report = await walkFile("model.t7", bytesOf(bytes), DEFAULT_LIMITS, () => {});
  return report.findings.map(({ severity, rule, where, title }) => `${severity} ${rule} ${where.path}: ${title}`);
}

describe("Torch7 files", () => {
  it("of layers and tensors pass", async () => {
    expect(await findings(linear(new Torch7Writer()))).toEqual([]);
  });

  it("a text that names os.execute is a text", async () => {
    const writer = new Torch7Writer();
    expect(await findings(writer.table(() => [["note", 'os.execute("id")']]))).toEqual([]);
  });

  it.each([
    ["plain.luac", "medium torch7-function model.t7: The object holds a function by value (Lua bytecode)"],
    ["plain.lj", "medium torch7-function model.t7: The object holds a function by value (LuaJIT bytecode)"],
    ["acting.luac", "high torch7-function model.t7: The object holds a function by value (Lua bytecode), with the names execute"],
    ["acting.lj", "high torch7-function model.t7: The object holds a function by value (LuaJIT bytecode), with the names execute"],
  ])("%s", async (name, expected) => {
    const writer = new Torch7Writer();
    expect(await findings(writer.table(() => [["forward", writer.function(code(name))]]))).toEqual([expected]);
  });

  it("source text is a function as well: loadstring takes it", async () => {
    const writer = new Torch7Writer();
    expect(await findings(writer.table(() => [["f", writer.function(Buffer.from('return io.popen("true")'))]]))).toEqual([
      "high torch7-function model.t7: The object holds a function by value (Lua source), with the names popen",
    ]);
  });

  it("a class of a package that nobody here knows", async () => {
    const writer = new Torch7Writer();
    expect(await findings(writer.object("evil.Thing", () => lua(1)))).toEqual(['medium torch7-class model.t7: Holds objects of "evil.Thing"']);
  });

  it("#25 a pickle behind the object is hidden content", async () => {
    const found = await findings(Buffer.concat([linear(new Torch7Writer()), Buffer.from("cos\nsystem\n(S'true'\ntR.")]));
    expect(found).toContain("medium torch7-structure model.t7: 23 bytes behind the object");
    expect(found).toContainEqual(expect.stringMatching(/^critical pickle-callable model\.t7!\/unowned@/));
  });
});
