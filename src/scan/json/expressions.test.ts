import { describe, expect, it } from "vitest";
import { examinedJson } from "../../../test/examined.ts";
import type { Json } from "../../json.ts";

const seen = async (document: Json) => (await examinedJson(document)).findings.map(({ rule, severity }) => `${severity} ${rule}`);
const bundle = (expression: string): Json => ({ network_def: { _target_: "torch.nn.Linear" }, device: expression });

describe("expressions of a MONAI bundle", () => {
  it.each([
    `$1${"+1".repeat(110)}+__import__('os').system('id')`,
    "$(exec)('import os')",
    "$[exec][0]('import os')",
    "$max(['import os'], key=exec)",
    "$(lambda f: f)(getattr)",
    "$os . system('id')",
    "$ｅｘｅｃ('1')",
    "$exec",
  ])("run code: %s", async (expression) => expect(await seen(bundle(expression))).toEqual(["high config-code"]));

  it.each(["$[2, 2] + [2]", "$@network.compile", "$dict(compile=True, eval = 1)", "$'exec' if @x else 'eval'", "$max([1, 2])"])(
    "are arithmetic: %s",
    async (expression) => expect(await seen(bundle(expression))).toEqual([]),
  );
  it("that call what another expression yields are for a person", async () =>
    expect(await seen(bundle("$[int][0]('1')"))).toEqual(["medium config-code"]));
});

describe("expressions of a document that nothing says is a bundle", () => {
  it.each<[string, Json, readonly string[]]>([
    ["under run", { run: "$__import__('os').system('id')" }, ["high config-code"]],
    ["under another key", { x: { y: "$__import__('os').system('id')" } }, ["high config-code"]],
    ["that ask for a person", { x: "$@net.train(lambda: 1)" }, []],
    ["in a list of examples", [{ text: "$(document).ready(eval('1'))" }], []],
  ])("%s", async (_name, document, findings) => expect(await seen(document)).toEqual(findings));
});
