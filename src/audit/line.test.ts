import { createHash } from "node:crypto";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { actRecord, callRecord } from "../../test/audit-records.ts";
import vector from "../../test/vectors/audit/chain.json" with { type: "json" };
import { canonicalJson, type Json } from "../json.ts";
import { recordOf } from "./form.ts";
import { claimedBy, entryIn, follow, MAX_LINE_BYTES, NO_RECORDS, nextLine } from "./line.ts";

const text = fc.string({ unit: "binary", maxLength: 40 });

describe("the vector", () => {
  it("is written byte for byte", () => {
    let head = NO_RECORDS;
    let whole = "";
    for (const { record, line, sha256 } of vector.lines) {
      const next = nextLine(head, recordOf(record));
      expect(next.line).toBe(line);
      expect(next.head).toEqual({ seq: head.seq + 1, hash: sha256 });
      head = next.head;
      whole += `${next.line}\n`;
    }
    expect(Buffer.byteLength(whole)).toBe(vector.bytes);
    expect(createHash("sha256").update(whole).digest("hex")).toBe(vector.sha256);
  });

  it("is followed and read back", () => {
    let head = NO_RECORDS;
    for (const { record, line, sha256 } of vector.lines) {
      const bytes = Buffer.from(line);
      expect(claimedBy(bytes)).toEqual(head);
      expect(entryIn(bytes)).toEqual({ ...record, seq: head.seq + 1, prev: head.hash });
      expect(follow(head, bytes)).toEqual({ kind: "follows", head: { seq: head.seq + 1, hash: sha256 } });
      head = { seq: head.seq + 1, hash: sha256 };
    }
  });
});

test.prop({ request: text, principal: text, team: fc.option(text), durationMs: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }) })(
  "a line is the canonical JSON of its entry, in one line, whatever its texts hold",
  (more) => {
    const { line, entry, head } = nextLine({ seq: 6, hash: "ab".repeat(32) }, callRecord("", more));
    // An entry is plain JSON; its type names the members, which Json does not.
    expect(line).toBe(canonicalJson(entry as unknown as Json));
    expect(line).not.toMatch(/[\n\r\0]/);
    expect(entryIn(Buffer.from(line))).toEqual({ ...callRecord("", more), durationMs: more.durationMs + 0, seq: 7, prev: "ab".repeat(32) });
    expect(follow({ seq: 6, hash: "ab".repeat(32) }, Buffer.from(line))).toEqual({ kind: "follows", head });
  },
);

it("a text that looks like the end of a line and a record of its own stays a text", () => {
  const forged = `x"}\n${nextLine(NO_RECORDS, actRecord("forged")).line}\r\n`;
  const { line } = nextLine(NO_RECORDS, actRecord(forged));
  expect(line.split(/\r|\n/)).toHaveLength(1);
  expect(entryIn(Buffer.from(line))?.request).toBe(forged);
});

describe("a record that is not of its form is refused", () => {
  const wrong: readonly (readonly [string, unknown])[] = [
    ["another kind", { ...actRecord("a"), kind: "note" }],
    ["a member too many", { ...actRecord("a"), prompt: "what was said" }],
    ["a place in the chain", { ...actRecord("a"), seq: 1 }],
    ["a member too few", { kind: "act", at: actRecord("a").at }],
    ["a time without a zone", { ...actRecord("a"), at: "2026-11-21T09:31:00" }],
    ["a lone surrogate", actRecord("\ud800")],
    ["a number that is not finite", callRecord("a", { durationMs: Number.POSITIVE_INFINITY })],
    ["a part of a token", callRecord("a", { inputTokens: 0.5 })],
    ["a nested value", { ...actRecord("a"), subject: { a: 1 } }],
    ["nothing", undefined],
  ];
  it.each(wrong)("%s", (_, value) => {
    expect(() => recordOf(value)).toThrow(expect.objectContaining({ code: "WB_AUDIT_RECORD" }));
  });
});

it("takes a line of 65,536 bytes and none of one more", () => {
  const { line } = nextLine(NO_RECORDS, actRecord(""));
  const room = MAX_LINE_BYTES - line.length;
  expect(Buffer.byteLength(nextLine(NO_RECORDS, actRecord("x".repeat(room))).line)).toBe(65_536);
  expect(() => nextLine(NO_RECORDS, actRecord("x".repeat(room + 1)))).toThrow(expect.objectContaining({ code: "WB_AUDIT_RECORD" }));
  expect(() => nextLine(NO_RECORDS, actRecord("é".repeat(room / 2 + 1)))).toThrow(expect.objectContaining({ code: "WB_AUDIT_RECORD" }));
});

describe("a line that does not follow says why", () => {
  const previous = { seq: 4, hash: "ab".repeat(32) };
  const { line } = nextLine(previous, actRecord("a"));
  const wrong: readonly (readonly [string, string | Uint8Array, string])[] = [
    ["no JSON", line.slice(0, -1), "not canonical"],
    ["no object", "[]", "not canonical"],
    ["white space", line.replace(",", ", "), "not canonical"],
    ["members in another order", line.replace(/^\{("act":"[^"]*"),(.*)\}$/, "{$2,$1}"), "not canonical"],
    ["a member twice", line.replace("{", '{"act":"a",'), "not canonical"],
    ["a byte order mark", `\ufeff${line}`, "not canonical"],
    ["bytes that are no UTF-8", Buffer.concat([Buffer.from(line.slice(0, -2)), Buffer.from([0xff]), Buffer.from('"}')]), "not canonical"],
    ["an escaped lone surrogate", line.replace("local:ann", "\\ud800"), "not canonical"],
    ["a number that is not finite", line.replace('"seq":5', '"seq":1e999'), "not canonical"],
    ["a nested value", line.replace('"k3v9"', '{"a":1}'), "not canonical"],
    ["brackets deeper than any stack", "[".repeat(30_000) + "]".repeat(30_000), "not canonical"],
    ["another number", line.replace('"seq":5', '"seq":6'), "it is record 6"],
    ["no number", line.replace('"seq":5', '"seq":"5"'), "it has no seq"],
    ["another chain", line.replace("abab", "abac"), "its prev is not the hash of record 4"],
  ];
  it.each(wrong)("%s", (_, changed, why) => {
    expect(changed).not.toEqual(line);
    expect(follow(previous, Buffer.from(changed))).toEqual({ kind: "broken", why: expect.stringContaining(why) });
  });
});

it("does not take a record of a kind that it does not know for an entry", () => {
  const line = `{"kind":"note","prev":"${NO_RECORDS.hash}","seq":1}`;
  expect(follow(NO_RECORDS, Buffer.from(line)).kind).toBe("follows");
  expect(entryIn(Buffer.from(line))).toBeUndefined();
});
