import { z } from "@hono/zod-openapi";
import { Digest, Instant, Outcome, pageOf } from "./wire.ts";

/** The files of one artifact, before their bytes. Paths are relative, with `/`, without `.` and `..`. */
export const UploadRequest = z
  .strictObject({
    name: z.string().trim().min(1).max(300),
    files: z
      .array(z.strictObject({ path: z.string().min(1).max(1000), size: z.int().min(0) }))
      .min(1)
      .max(100_000),
  })
  .openapi("UploadRequest");
export const Upload = z
  .object({
    id: z.string(),
    name: z.string(),
    createdAt: Instant,
    sizeBytes: z.int(),
    files: z.array(z.object({ path: z.string(), size: z.int(), received: z.int() })),
  })
  .openapi("Upload");

export const UploadSummaries = z
  .object({ items: z.array(z.object({ id: z.string(), name: z.string(), createdAt: Instant, sizeBytes: z.int(), fileCount: z.int() })) })
  .openapi("UploadSummaries");

export const AdmissionRequest = z.strictObject({ expect: Digest.optional() }).openapi("AdmissionRequest");

export const Job = z
  .object({
    id: z.string(),
    name: z.string(),
    principal: z.string(),
    state: z.enum(["queued", "running", "done", "failed", "cancelled"]),
    progress: z.object({ bytes: z.int(), totalBytes: z.int(), files: z.int(), totalFiles: z.int() }).nullable(),
    result: z.object({ artifact: Digest, decision: Outcome }).nullable(),
    error: z.object({ code: z.string(), message: z.string(), hint: z.string() }).nullable(),
    createdAt: Instant,
    endedAt: Instant.nullable(),
  })
  .openapi("Job");
export const JobPage = pageOf(Job).openapi("JobPage");
