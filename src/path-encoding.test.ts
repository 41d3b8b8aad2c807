import { fc, test } from "@fast-check/vitest";
import { expect, it } from "vitest";
import { byCodePoint, encodeSegment } from "./path-encoding.ts";

it("keeps ordinary and foreign names, and encodes what could be misread", () => {
  expect(encodeSegment("model-00001.safetensors")).toBe("model-00001.safetensors");
  expect(encodeSegment("模型 ✓")).toBe("模型 ✓");
  expect(encodeSegment("a%b!c/d\n\u0085")).toBe("a%25b%21c%2Fd%0A%C2%85");
  expect(encodeSegment(Uint8Array.of(0x61, 0xff, 0xed, 0xa0, 0x80))).toBe("a%FF%ED%A0%80");
});

test.prop([fc.uint8Array({ maxLength: 30 })])("writes any bytes so that they can be read back", (bytes) => {
  const decoded = Buffer.concat(
    [...encodeSegment(bytes).matchAll(/%([0-9A-F]{2})|[^%]+/gu)].map(([text, hex]) =>
      hex === undefined ? Buffer.from(text) : Buffer.from(hex, "hex"),
    ),
  );
  expect(decoded).toEqual(Buffer.from(bytes));
});

test.prop([fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" })])("orders as UTF-8 bytes do", (a, b) => {
  expect(Math.sign(byCodePoint(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
});
