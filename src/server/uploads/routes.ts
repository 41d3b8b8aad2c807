import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { answers, does, makes, takes } from "../api/route.ts";
import { UploadRequest, Upload as UploadSchema, UploadSummaries } from "../api/schema/job.ts";
import type { Authorize, ServerEnv } from "../parts.ts";
import { UploadError } from "./errors.ts";
import type { Upload } from "./upload.ts";
import type { Uploads } from "./uploads.ts";

const UploadId = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/) });
const FileNumber = UploadId.extend({ n: z.coerce.number().int().min(0).max(100_000).meta({ description: "Place in the upload's list of files." }) });
const Offset = z.object({
  "upload-offset": z.coerce
    .number()
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .default(0)
    .meta({ description: "Bytes of the file that came before. 409 where others came: ask for the upload, and go on from there." }),
});

/** The files of one artifact on their way here. Everybody sees their own alone. */
export function uploadRoutes(app: OpenAPIHono<ServerEnv>, uploads: Uploads, authorize: Authorize): void {
  const submitter = (c: Context<ServerEnv>) => {
    const principal = c.get("principal");
    authorize(principal, { action: "submit" });
    return principal.id;
  };

  app.openapi(
    createRoute({
      method: "post",
      path: "/uploads",
      request: takes(UploadRequest),
      responses: makes(UploadSchema, "An upload that waits for its files."),
    }),
    async (c) => c.json(uploadOf(await uploads.begin(submitter(c), c.req.valid("json"))), 201),
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/uploads",
      responses: answers(UploadSummaries, "Your uploads that were not admitted yet, the oldest first."),
    }),
    (c) => {
      const items = uploads.list(submitter(c)).filter(({ isClosed }) => !isClosed);
      return c.json({ items: items.map(({ id, name, createdAt, sizeBytes, fileCount }) => ({ id, name, createdAt, sizeBytes, fileCount })) }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/uploads/{id}",
      request: { params: UploadId },
      responses: answers(UploadSchema, "What came of each file."),
    }),
    (c) => c.json(uploadOf(uploads.find(submitter(c), c.req.valid("param").id)), 200),
  );

  app.openapi(
    createRoute({
      method: "put",
      path: "/uploads/{id}/files/{n}",
      request: {
        params: FileNumber,
        headers: Offset,
        body: { required: true, content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } } },
      },
      responses: does("The bytes are kept. A file may come in several parts, one after the other."),
    }),
    async (c) => {
      const { id, n } = c.req.valid("param");
      await uploads.put(submitter(c), id, n, c.req.valid("header")["upload-offset"], c.req.raw.body);
      return c.body(null, 204);
    },
  );

  app.openapi(
    createRoute({ method: "delete", path: "/uploads/{id}", request: { params: UploadId }, responses: does("It is gone, with all that came.") }),
    async (c) => {
      const upload = uploads.find(submitter(c), c.req.valid("param").id);
      if (upload.isClosed)
        throw new UploadError("WB_UPLOAD_CLOSED", "the upload was handed over already", { hint: "Cancel the job that admits it." });
      await uploads.remove(upload.id);
      return c.body(null, 204);
    },
  );
}

function uploadOf({ id, name, createdAt, sizeBytes, files }: Upload): z.infer<typeof UploadSchema> {
  return { id, name, createdAt, sizeBytes, files: [...files] };
}
