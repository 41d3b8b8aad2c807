import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { MAX_DEPTH, membersOf } from "./json-members.ts";

const latin1 = (text: string) => Buffer.from(text).toString("latin1");

/** What the spans of a text say: each value as JSON.parse reads the bytes of its span. */
function read(text: string): readonly (readonly [string, unknown])[] {
  const bytes = latin1(text);
  const spans = membersOf(bytes);
  if (spans.kind !== "object") throw new Error(spans.kind);
  return spans.members.map(({ key, valueAt, valueEnd }) => [key, JSON.parse(Buffer.from(bytes.slice(valueAt, valueEnd), "latin1").toString())]);
}

describe("membersOf", () => {
  it("finds keys and values wherever white space stands", () => {
    expect(read(' { "a" : 1 ,\n"b":[1,{"c":"}"}],"d":"x\\"y" }\t')).toEqual([
      ["a", 1],
      ["b", [1, { c: "}" }]],
      ["d", 'x"y'],
    ]);
  });

  it("decodes keys, so that a key in escapes is the key that it spells", () => {
    expect(read('{"mod\\u0065l":1,"ключ":2}').map(([key]) => key)).toEqual(["model", "ключ"]);
  });

  it("keeps members that are written twice", () => {
    expect(read('{"a":1,"a":2}')).toEqual([
      ["a", 1],
      ["a", 2],
    ]);
  });

  it("finds the end of long strings with escapes of escapes", () => {
    const text = `${"long ".repeat(50)}\\"${"x".repeat(40)}\\\\`;
    expect(read(`{"a":${JSON.stringify(text)},"b":"\\\\","c":"\\\\\\""}`)).toEqual([
      ["a", text],
      ["b", "\\"],
      ["c", '\\"'],
    ]);
  });

  it("counts members of all levels as often as they are written", () => {
    expect(membersOf('{"a":{"b":1,"b":2},"c":[{"d":":"}]}')).toMatchObject({ written: 5 });
  });

  it("says that a text nests too deeply instead of going there", () => {
    expect(membersOf(`{"a":${"[".repeat(MAX_DEPTH)}`).kind).toBe("too-deep");
    expect(membersOf(`{"a":${"[".repeat(5_000_000)}`).kind).toBe("too-deep");
  });

  it.each(["", "[]", "{", '{"a"', '{"a":', '{"a":}', '{"a":1', '{"a":1,}', '{"a":"', '{"a":[1}', "{a:1}", '{"\\q":1}', '{"a" 1}', '{"a":1 "b":2}'])(
    "yields nothing of %s",
    (text) => {
      expect(membersOf(text).kind).toBe("broken");
    },
  );

  test.prop([fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()), fc.constantFrom(undefined, 1, "\t")])(
    "agrees with JSON.parse about every object",
    (value, space) => {
      const text = JSON.stringify(value, null, space);
      expect(read(text)).toEqual(Object.entries(JSON.parse(text)));
    },
  );

  test.prop([fc.string({ unit: fc.constantFrom(...'{}[]":,\\ 1tx\u00e9'.split("")), maxLength: 60 })])(
    "neither throws nor leaves the text",
    (text) => {
      const spans = membersOf(text);
      if (spans.kind !== "object") return;
      expect(spans.close).toBeLessThan(text.length);
      let end = 0;
      for (const { keyAt, valueAt, valueEnd } of spans.members) {
        expect(keyAt).toBeGreaterThanOrEqual(end);
        expect(valueAt).toBeGreaterThan(keyAt);
        expect(valueEnd).toBeGreaterThan(valueAt);
        end = valueEnd;
      }
      expect(end).toBeLessThanOrEqual(spans.close);
    },
  );
});
