import { expect, it } from "vitest";
import { fromBase64, fromUtf8, toBase64 } from "./bytes.ts";

it("takes the one canonical base64 of bytes, and no other text", () => {
  for (const text of ["", "AA==", "/+8=", "AAAA"]) expect(toBase64(fromBase64(text) ?? new Uint8Array([1]))).toBe(text);
  for (const text of ["A", "AA=", "AB==", "AA==\n", "A A=", "-_8=", "AA==AA=="]) expect(fromBase64(text)).toBeNull();
});

it("refuses bytes that are no UTF-8, and keeps a byte order mark", () => {
  expect(fromUtf8(Uint8Array.of(0xc3, 0x28))).toBeNull();
  expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe("\ufeffa");
});
