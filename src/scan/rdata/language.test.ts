import { readFileSync } from "node:fs";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import calls from "../../../test/fixtures/rdata/calls.json" with { type: "json" };
import { call, header, numbers, promise, symbol, text, vector } from "../../../test/fixtures/rdata/writer.ts";
import { bytesOf } from "../../bytes.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";

async function scan(bytes: Uint8Array): Promise<{ readonly verdict: "block" | "review" | "pass"; readonly titles: readonly string[] }> {
  const { findings, unexamined } = await walkFile("model.rds", bytesOf(bytes), DEFAULT_LIMITS, () => {});
  const severities = new Set(findings.map(({ severity }) => severity));
  const blocked = severities.has("high") || severities.has("critical");
  const verdict = blocked ? "block" : severities.has("medium") || unexamined.length > 0 ? "review" : "pass";
  return { verdict, titles: findings.map(({ severity, title }) => `${severity}: ${title}`) };
}
const object = (body: Buffer) => Buffer.concat([header(), body]);
const titles = async (body: Buffer) => (await scan(object(body))).titles;

/** Objects that R wrote: each is what stands in front of it, parsed. */
describe.each(["block", "review", "pass"] as const)("as R writes it: %s", (expected) => {
  it.each(Object.entries(calls[expected]))("%s", async (_, hex) => {
    const { verdict, titles: said } = await scan(Buffer.from(hex, "hex"));
    expect({ verdict, said }).toMatchObject({ verdict: expected });
    if (expected === "pass") expect(said).toEqual([]);
  });
});

describe("what is said", () => {
  const id = text("true");

  it("of a name that is handed on", async () => {
    const names = call(symbol("~"), call(call(symbol("("), symbol("system")), id));
    expect(await titles(names)).toEqual([
      "high: A formula or stored call hands on system, which starts a program",
      "medium: A formula or stored call calls what ( gives",
    ]);
  });

  it("of a name that is called and handed on: once", async () => {
    const both = vector(call(symbol("system"), id), call(symbol("sapply"), id, symbol("system")));
    expect(await titles(both)).toEqual([
      "high: A formula or stored call calls system, which starts a program",
      "medium: A formula or stored call names sapply",
    ]);
  });

  it("of a package by a path", async () => {
    const path = call(call(symbol("::"), text("../x"), symbol("log")), symbol("z"));
    expect(await titles(call(symbol("~"), path))).toEqual(['high: A formula or stored call loads the package "../x"']);
  });

  it("of a promise that hands on a name", async () => {
    expect(await titles(promise(call(symbol("sapply"), id, symbol("system"))))).toEqual([
      "critical: The object itself is an expression that R evaluates when it is used",
      "high: A delayed expression hands on system, which starts a program",
      "medium: A formula or stored call names sapply",
    ]);
  });

  it("of a text too long to look at that is read as a formula", async () => {
    expect(await titles(call(symbol("lm"), text(`y ~ ${"x + ".repeat(2000)}z`)))).toEqual([
      "medium: A formula or stored call names what a long text says",
    ]);
  });

  it("of the same call many times: nothing is left out", async () => {
    const same = call(symbol("lm"), call(symbol("~"), symbol("y"), symbol("x")));
    expect(await scan(object(vector(...Array.from({ length: 30_000 }, () => same))))).toEqual({ verdict: "pass", titles: [] });
  });

  it("of more calls than are kept: that some were not looked at", async () => {
    const many = Array.from({ length: 4001 }, (_, n) => call(symbol("~"), symbol(`y${n}`)));
    expect(await scan(object(vector(...many)))).toMatchObject({ verdict: "review" });
  });

  it("near miss: an expression of a family that is nearly R's own", async () => {
    const bytes = Buffer.from(readFileSync(new URL("../../../test/fixtures/rdata/glm.rds", import.meta.url)));
    bytes.write("NROX", bytes.indexOf("NCOL"), "latin1");
    expect((await scan(bytes)).titles).toContain("medium: A formula or stored call names NROX, <-");
  });
});

/** Calls of ordinary functions, of other calls, with names, numbers, texts and lists in them. */
const { language } = fc.letrec<{ language: Buffer; part: Buffer }>((tie) => ({
  language: fc
    .tuple(
      fc.oneof({ maxDepth: 4 }, fc.constantFrom("log", "~", "(", "c", "lm", "optim", "[[", "::", "f").map(symbol), tie("language")),
      fc.array(tie("part"), { maxLength: 3 }),
    )
    .map(([head, parts]) => call(head, ...parts)),
  part: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom("x", "y").map(symbol),
    fc.double().map((value) => numbers(value)),
    fc.string({ maxLength: 9 }).map(text),
    tie("language"),
  ),
}));

test.prop([fc.array(language, { minLength: 1, maxLength: 3 }), fc.nat({ max: 2 }), fc.constantFrom("log", "~", "c", "lm", "sapply")], {
  numRuns: 150,
})("no call that holds the symbol system passes, wherever it stands", async (around, at, head) => {
  const parts = around.toSpliced(at, 0, symbol("system"));
  expect((await scan(object(call(symbol(head), ...parts)))).verdict).toBe("block");
  expect((await scan(object(call(call(symbol("("), ...parts), ...around)))).verdict).toBe("block");
  expect((await scan(object(vector(call(symbol("~"), symbol("y"), call(symbol(head), ...parts)))))).verdict).toBe("block");
});
