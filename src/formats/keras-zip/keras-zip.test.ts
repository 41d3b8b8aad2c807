import { describe, expect, it } from "vitest";
import { type WrittenMember, writeZip } from "../../../test/fixtures/containers/zip-writer.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { kerasZip } from "./format.ts";

const archive = (...members: readonly WrittenMember[]) => writeZip([{ name: "metadata.json", data: "{}" }, ...members]);
const config = (name: string, data: string, more: Partial<WrittenMember> = {}): WrittenMember => ({ name, data, ...more });
const parse = (bytes: Uint8Array, limits = {}) => kerasZip.parse(bytesOf(bytes), new Budget({ ...DEFAULT_LIMITS, ...limits }));

/** Indices of configurations and of aliases, and what each member is handed on as. */
async function read(...members: readonly WrittenMember[]) {
  const { kind, facts } = await parse(archive(...members));
  const children = kerasZip.children?.(facts).map(({ name, as }) => (as === undefined ? name : `${name} as ${as}`));
  return { kind, configs: facts.configs, aliases: facts.aliases, children };
}

describe("an archive of Keras 3", () => {
  it("hands its configuration on as one, and the rest as what it is", async () => {
    expect(await read(config("config.json", '{"class_name": "Model"}'), { name: "model.weights.h5", data: "x" })).toEqual({
      kind: "parsed",
      configs: [1],
      aliases: [],
      children: ["metadata.json", "config.json as keras-config", "model.weights.h5"],
    });
  });

  it.each([
    ["compressed", config("config.json", "{}", { deflate: true })],
    ["behind white space and a byte-order mark", config("config.json", "\ufeff \n{}")],
  ])("reads a configuration that is %s", async (_name, member) => {
    expect(await read(member)).toMatchObject({ configs: [1], children: ["metadata.json", "config.json as keras-config"] });
  });

  it.each(["Config.json", "./config.json", "CONFIG.JSON"])("counts %s as another name of it", async (name) => {
    expect(await read(config(name, "{}"))).toMatchObject({ configs: [1], aliases: [1] });
  });

  it.each([
    ["no JSON", config("config.json", "\x80\x04.")],
    ["in a folder", config("assets/config.json", "{}")],
  ])("takes a member for what it is where it is %s", async (_name, member) => {
    const { configs, children } = await read(member);
    expect([configs, children?.filter((child) => child.includes(" as "))]).toEqual([[], []]);
  });

  it("keeps what was read before a bound", async () => {
    const bytes = archive(config("config.json", "{}"), { name: "last", data: "x" });
    const budget = new Budget(DEFAULT_LIMITS);
    await kerasZip.parse(bytesOf(bytes), budget);
    const { kind, facts } = await parse(bytes, { maxSteps: DEFAULT_LIMITS.maxSteps - budget.stepsLeft - 1 });
    expect([kind, facts.zip.members.length, facts.configs]).toEqual(["limit", 3, [1]]);
  });

  it("gives back what it held", async () => {
    const budget = new Budget(DEFAULT_LIMITS);
    await kerasZip.parse(bytesOf(archive(config("config.json", "{}", { deflate: true }))), budget);
    expect(() => budget.hold(DEFAULT_LIMITS.maxMemoryBytes)).not.toThrow();
  });
});

formatContract(kerasZip, [archive(config("config.json", '{"class_name": "Model"}', { deflate: true }), config("Config.json", "[]"))], {
  truncateUpTo: 250,
});
