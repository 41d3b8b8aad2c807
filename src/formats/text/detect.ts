import type { Detector } from "../../format.ts";
import { lazily } from "../../lazily.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";

const engine = lazily(() => import("./utf8-scanner.ts"));

/** One odd control character in this many bytes is still text. */
const BYTES_PER_CONTROL = 64;

/** Text has no magic: `maybe` when head and tail are UTF-8 without NUL and nearly without controls. */
export const textDetector: Detector = {
  id: "text",
  async detect({ head, tail, size }) {
    if (size === 0 || head.includes(0)) return "no";
    const whole = head.length === size;
    return (await looksLikeText(head, !whole, false)) && (whole || (await looksLikeText(tail, false, true))) ? "maybe" : "no";
  },
};

/** @param cutEnd the last character may be cut  @param cutStart the first one may be */
async function looksLikeText(bytes: Uint8Array, cutEnd: boolean, cutStart: boolean): Promise<boolean> {
  const { isOddControl, Utf8Scanner } = await engine();
  const from = cutStart ? bytes.findIndex((byte) => (byte & 0xc0) !== 0x80) : 0;
  if (from < 0 || from > 3) return false;
  const body = bytes.subarray(from);
  const scanner = new Utf8Scanner();
  scanner.push(body, new Budget(DEFAULT_LIMITS));
  const { stop } = scanner.end();
  if (stop !== null && !(cutEnd && stop.why === CUT && body.length - stop.at <= 3)) return false;
  let controls = 0;
  for (const byte of body) if (isOddControl(byte)) controls++;
  return controls * BYTES_PER_CONTROL <= body.length;
}

const CUT = "the last character is cut";
