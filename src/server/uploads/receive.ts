import type { FileHandle } from "node:fs/promises";
import { codeOf } from "../../artifact/tree.ts";
import { UploadError } from "./errors.ts";

/** A body has to bring this many bytes in each window, or it is cut. */
export interface Pace {
  readonly windowMs: number;
  readonly minBytes: number;
}

export interface Receiving {
  readonly offset: number;
  /** Size that the file was announced with. */
  readonly size: number;
  readonly pace: Pace;
  /** Cuts the body; its reason is thrown. */
  readonly signal: AbortSignal;
}

/**
 * Writes a body into a file from an offset on, chunk by chunk as it comes: the next one is read when the last one was written. Calls `received` with the
 * end of what the file has. Throws UploadError WB_UPLOAD_SIZE, WB_UPLOAD_SLOW, WB_UPLOAD_CUT, WB_UPLOAD_DISK; what was written before that stays.
 */
export async function receive(
  body: ReadableStream<Uint8Array>,
  file: FileHandle,
  { offset, size, pace, signal }: Receiving,
  received: (end: number) => void,
): Promise<void> {
  const reader = body.getReader();
  const cut = new AbortController();
  const watch = watchPace(pace, cut);
  const ended = AbortSignal.any([signal, cut.signal]);
  const stop = () => void reader.cancel(ended.reason).catch(() => {});
  ended.addEventListener("abort", stop);
  try {
    for (let at = offset; ; ) {
      ended.throwIfAborted();
      watch.waits(true);
      const { done, value } = await reader.read().catch(cutOff);
      watch.waits(false);
      ended.throwIfAborted(); // a body that was cancelled reads as one that is done
      if (done) return;
      if (at + value.length > size)
        throw new UploadError("WB_UPLOAD_SIZE", `the body goes on after the ${size} bytes that the file was announced with`, {
          hint: "The file has changed: measure it again and begin a new upload.",
        });
      await writeAll(file, value, at);
      at += value.length;
      watch.came(value.length);
      received(at);
    }
  } finally {
    watch.end();
    ended.removeEventListener("abort", stop);
    await reader.cancel().catch(() => {});
  }
}

/** Counts what comes in a window. A window in which the disk was waited for is not the client's fault. */
function watchPace({ windowMs, minBytes }: Pace, cut: AbortController) {
  let bytes = 0;
  let isWaiting = false;
  let wasBusy = false;
  const timer = setInterval(() => {
    if (isWaiting && !wasBusy && bytes < minBytes)
      cut.abort(
        new UploadError("WB_UPLOAD_SLOW", `fewer than ${minBytes} bytes came in ${windowMs / 1000} s`, {
          hint: "Go on from the offset that was reached.",
        }),
      );
    bytes = 0;
    wasBusy = !isWaiting;
  }, windowMs);
  return {
    waits: (value: boolean) => {
      isWaiting = value;
    },
    came: (count: number) => {
      bytes += count;
    },
    end: () => clearInterval(timer),
  };
}

function cutOff(cause: unknown): never {
  throw new UploadError("WB_UPLOAD_CUT", "the body ended before its end", { hint: "Go on from the offset that was reached.", cause });
}

async function writeAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  try {
    for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  } catch (cause) {
    throw new UploadError("WB_UPLOAD_DISK", `the disk did not take what came (${codeOf(cause)})`, { hint: "Ask whoever runs the server.", cause });
  }
}
