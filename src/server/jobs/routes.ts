import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Principal } from "../../access/principal.ts";
import type { Digest } from "../../digest.ts";
import type { Registry } from "../../registry/index.ts";
import type { Acts } from "../acts.ts";
import { placeIn } from "../api/cursor.ts";
import { ArtifactId, answers, does, takes } from "../api/route.ts";
import { Admission } from "../api/schema/admission.ts";
import { AdmissionRequest, JobPage, Job as JobSchema } from "../api/schema/job.ts";
import { PageQuery, Problem } from "../api/schema/wire.ts";
import type { Authorize, ServerEnv } from "../parts.ts";
import { admissionOfJob, latestAdmission } from "./admission-answer.ts";
import { JobError } from "./errors.ts";
import type { JobResult } from "./job-result.ts";
import type { NumberedJob } from "./job-table.ts";
import type { Jobs } from "./jobs.ts";

const HexId = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/) });

/** Admissions of what was uploaded. Every reader sees them; who submitted one sees it and cancels it, and so may an administrator. */
export function jobRoutes(
  app: OpenAPIHono<ServerEnv>,
  { jobs, registry }: { readonly jobs: Jobs; readonly registry: Registry },
  authorize: Authorize,
  acts: Acts,
): void {
  const visible = (principal: Principal, id: string): NumberedJob => {
    const job = jobs.get(id);
    if (job.principal !== principal.id) authorize(principal, { action: "read" });
    return job;
  };

  app.openapi(
    createRoute({
      method: "post",
      path: "/uploads/{id}/admission",
      request: { params: HexId, ...takes(AdmissionRequest) },
      responses: {
        202: {
          description: "The job that admits the upload; the upload takes no more bytes.",
          content: { "application/json": { schema: JobSchema } },
        },
        default: { description: "It was not queued.", content: { "application/problem+json": { schema: Problem } } },
      },
    }),
    async (c) => {
      const principal = c.get("principal");
      const { expect } = c.req.valid("json");
      const { id } = c.req.valid("param");
      const job = await acts.record(c, "admission.submit", id, async () => {
        authorize(principal, { action: "submit" });
        return jobs.submit(principal.id, id, { expect: expect as Digest | undefined }); // the schema has its form
      });
      return c.json(jobOf(job, jobs), 202);
    },
  );

  app.openapi(
    createRoute({ method: "get", path: "/jobs", request: { query: PageQuery }, responses: answers(JobPage, "Jobs, the newest first.") }),
    (c) => {
      authorize(c.get("principal"), { action: "read" });
      const { cursor, limit } = c.req.valid("query");
      const rows = jobs.page(placeIn(cursor) ?? Number.MAX_SAFE_INTEGER, limit + 1);
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return c.json({ items: items.map((row) => jobOf(row, jobs)), next: rows.length > limit && last !== undefined ? String(last.seq) : null }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/jobs/{id}",
      request: { params: HexId },
      responses: answers(JobSchema, "How far a job is, and how it ended."),
    }),
    (c) => c.json(jobOf(visible(c.get("principal"), c.req.valid("param").id), jobs), 200),
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/jobs/{id}/admission",
      request: { params: HexId },
      responses: answers(Admission, "What a job that is done decided, and what it was decided on."),
    }),
    async (c) => {
      const { state, result } = visible(c.get("principal"), c.req.valid("param").id);
      if (result === null)
        throw new JobError("WB_JOB_NO_DECISION", `the job is ${state}`, { hint: "Only a job that is done has decided something." });
      return c.json(await admissionOfJob(registry, resultIn(result)), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/artifacts/{id}/admission",
      request: { params: ArtifactId },
      responses: answers(Admission, "The latest decision about a model, and what it was decided on."),
    }),
    async (c) => {
      authorize(c.get("principal"), { action: "read" });
      return c.json(await latestAdmission(registry, await registry.find(c.req.valid("param").id)), 200);
    },
  );

  app.openapi(
    createRoute({ method: "post", path: "/jobs/{id}/cancellation", request: { params: HexId }, responses: does("It ends without a decision.") }),
    async (c) => {
      const principal = c.get("principal");
      const { id, principal: owner } = visible(principal, c.req.valid("param").id);
      await acts.record(c, "job.cancel", id, async () => {
        if (owner !== principal.id) authorize(principal, { action: "administer" });
        await jobs.cancel(id);
      });
      return c.body(null, 204);
    },
  );
}

function jobOf({ id, name, principal, state, result, error, created_at, ended_at }: NumberedJob, jobs: Jobs): z.infer<typeof JobSchema> {
  const progress = state === "running" ? jobs.progress(id) : null;
  const done = result === null ? null : resultIn(result);
  return {
    id,
    name,
    principal,
    state,
    progress:
      progress === null
        ? null
        : { bytes: progress.hashedBytes, totalBytes: progress.totalBytes, files: progress.files, totalFiles: progress.totalFiles },
    result: done === null ? null : { artifact: done.artifact, decision: done.decision.outcome },
    error: error === null ? null : JSON.parse(error), // Jobs wrote it
    createdAt: created_at,
    endedAt: ended_at,
  };
}

/** What Jobs wrote. */
function resultIn(json: string): JobResult {
  return JSON.parse(json);
}
