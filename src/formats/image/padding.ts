import type { Window } from "../walked/window.ts";

/** Writers fill up words, sectors and pages. */
const MAX_PADDING_BYTES = 64 * 1024;

/** The end of the file, where nothing but zeros stands behind the end of an image; else that end. */
export async function endWithPadding(window: Window, end: number): Promise<number> {
  const bytes = window.size - end;
  if (bytes <= 0 || bytes > MAX_PADDING_BYTES) return end;
  window.work(bytes);
  const padding = await window.take(end, bytes);
  return padding?.every((byte) => byte === 0) === true ? window.size : end;
}
