import type { z } from "zod";
import type { MeasureProgress } from "../../artifact/measure.ts";
import { Job } from "../../server/api/schema/job.ts";
import type { ServerClient } from "./client.ts";
import { RefusedError, RemoteError } from "./errors.ts";
import { patiently, waitFor } from "./patience.ts";

export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: MeasureProgress) => void;
}

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1000;
/** So long is waited for the server to take a cancellation. */
const CANCEL_MS = 3000;

/**
 * Waits for a job to be done, also over restarts of the server. When the signal is aborted, the job is cancelled.
 * Throws RefusedError with why it failed, RemoteError WB_REMOTE_CANCELLED.
 */
export async function followJob(client: ServerClient, id: string, { signal, onProgress }: FollowOptions): Promise<void> {
  try {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 1.5, LONGEST_WAIT_MS)) {
      const job = await patiently(() => client.get(`/jobs/${id}`, Job, { signal }), { signal });
      if (isDone(job)) return;
      if (job.progress !== null) onProgress(progressOf(job.progress));
      await waitFor(wait, signal);
    }
  } catch (error) {
    if (signal.aborted) await client.do(`/jobs/${id}/cancellation`, {}, { signal: AbortSignal.timeout(CANCEL_MS) }).catch(() => {}); // it may have ended, and who stopped us waits
    throw error;
  }
}

function isDone({ state, error }: z.infer<typeof Job>): boolean {
  if (state === "failed" && error !== null) throw new RefusedError(200, error);
  if (state === "failed" || state === "cancelled")
    throw new RemoteError("WB_REMOTE_CANCELLED", "somebody cancelled the job on the server", {
      hint: "Nothing was decided; run the same command again.",
    });
  return state === "done";
}

function progressOf({ bytes, totalBytes, files, totalFiles }: NonNullable<z.infer<typeof Job>["progress"]>): MeasureProgress {
  return { hashedBytes: bytes, totalBytes, files, totalFiles };
}
