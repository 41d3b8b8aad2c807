import { expect, it } from "vitest";
import { assemble, call, global, type Piece, PROTO4, STOP, str } from "../../../test/fixtures/pickle/assemble.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { parsePickle } from "./parse.ts";

const parse = (...pieces: readonly Piece[]) => parsePickle(bytesOf(assemble(PROTO4, ...pieces, "NONE", STOP)), new Budget(DEFAULT_LIMITS));
const named = (count: number) => Buffer.from(Array.from({ length: count }, (_, i) => `cm${i}\nn\n0`).join(""));
const called = (count: number) => Buffer.from(Array.from({ length: count }, (_, i) => `cm${i}\nn\n)R0`).join(""));

it("a flood of names ends at a bound, and hides neither a call behind it nor a telling one behind a flood of calls", async () => {
  const { kind, why, facts } = await parse(
    named(120_000),
    called(150_000),
    global("os", "system"),
    "POP",
    call("sub", "process"),
    "POP",
    call("os", "system", str("/bin/sh -c id")),
    "POP",
  );
  expect({ kind, why }).toEqual({ kind: "limit", why: "more distinct globals than are kept" });
  expect(facts.globals).toHaveLength(140_001);
  expect(facts.globals.at(-1)).toMatchObject({
    module: "os",
    name: "system",
    called: true,
    shapes: ["command"],
    expression: "os.system('/bin/sh -c id')",
  });
  expect(facts.counts.globals).toBe(270_003);
});

it("a call behind a flood of names is kept", async () => {
  const { facts } = await parse(named(120_000), call("os", "system"), "POP");
  expect(facts.globals.at(-1)).toMatchObject({ module: "os", name: "system", called: true });
});
