import { OpenAPIHono } from "@hono/zod-openapi";
import { expect, it } from "vitest";
import { founded } from "../../../test/registry-world.ts";
import { AccessError } from "../../access/errors.ts";
import type { Principal, Role } from "../../access/principal.ts";
import type { ActRecord, AuditLog } from "../../audit/index.ts";
import { WeighbridgeError } from "../../errors.ts";
import { loadPolicySet } from "../../policy/policy-set.ts";
import { openState } from "../../state/database.ts";
import { Acts } from "../acts.ts";
import { statusOf } from "../guards/status-of.ts";
import { requireValid } from "../guards/valid-request.ts";
import type { Authorize, ServerEnv } from "../parts.ts";
import { Uploads, uploadRoutes } from "../uploads/index.ts";
import { Jobs, jobRoutes } from "./index.ts";

const policies = loadPolicySet();

const ACTIONS: Readonly<Record<Role, readonly string[]>> = {
  viewer: ["read"],
  operator: ["read", "submit"],
  approver: ["read"],
  admin: ["read", "submit", "administer"],
};
const authorize: Authorize = ({ roles }, { action }) => {
  if (!roles.some((role) => ACTIONS[role].includes(action))) throw new AccessError("WB_ACCESS_DENIED", `you may not ${action}`, { hint: "Ask." });
};

/** `ada:operator` */
function principalOf(text: string): Principal {
  const [id = "", role = ""] = text.split(":");
  const roles = [role as Role]; // the tests below write it
  return {
    id,
    name: id,
    kind: "person",
    roles,
    scopes: ["api"],
    team: null,
    deployments: null,
    dataClass: "internal",
    limits: { requestsPerMinute: null, tokensPerDay: null },
  };
}

interface Api {
  readonly ask: (
    who: string,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<{ status: number; json: unknown }>;
  readonly acts: ActRecord[];
  readonly jobs: Jobs;
}

function withApi(use: (api: Api) => Promise<void>): Promise<void> {
  return founded(async (registry, surroundings, directory) => {
    const state = openState(directory);
    const uploads = new Uploads({ state, directory, surroundings, limits: { reserveBytes: 0 } });
    const jobs = new Jobs({ registry, policies, state, uploads, surroundings, options: { threads: 1 } });
    await uploads.start();
    await jobs.start();
    const acts: ActRecord[] = [];
    const audit = { append: async (act: ActRecord) => void acts.push(act) } as unknown as AuditLog; // nothing else of it is called
    const app = new OpenAPIHono<ServerEnv>({ defaultHook: requireValid });
    app.use(async (c, next) => {
      c.set("principal", principalOf(c.req.header("x-test-principal") ?? ""));
      await next();
    });
    app.onError((error, c) => {
      if (!(error instanceof WeighbridgeError)) throw error;
      return c.json({ code: error.code, detail: error.message }, statusOf(error.code));
    });
    uploadRoutes(app, uploads, authorize);
    jobRoutes(app, { jobs, registry }, authorize, new Acts(audit, surroundings));
    const ask: Api["ask"] = async (who, method, path, body, headers = {}) => {
      const isBytes = typeof body === "string";
      const answer = await app.request(path, {
        method,
        headers: {
          "x-test-principal": who,
          ...(body === undefined ? {} : { "content-type": isBytes ? "application/octet-stream" : "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, json: text === "" ? null : JSON.parse(text) };
    };
    try {
      await use({ ask, acts, jobs });
    } finally {
      await jobs.close();
      await uploads.close();
      state.close();
    }
  });
}

const README = { name: "tiny", files: [{ path: "README.md", size: 7 }] };
const idIn = (json: unknown) => (json as { id: string }).id; // what the API answers with

it("an upload comes in parts, is admitted, and its admission is told to every reader", () =>
  withApi(async ({ ask, jobs, acts }) => {
    const begun = await ask("ada:operator", "POST", "/uploads", README);
    expect(begun).toMatchObject({ status: 201, json: { name: "tiny", sizeBytes: 7, files: [{ path: "README.md", size: 7, received: 0 }] } });
    const upload = idIn(begun.json);
    expect(await ask("ada:operator", "PUT", `/uploads/${upload}/files/0`, "# Ti")).toEqual({ status: 204, json: null });
    expect(await ask("ada:operator", "PUT", `/uploads/${upload}/files/0`, "y\n", { "upload-offset": "5" })).toMatchObject({
      status: 409,
      json: { code: "WB_UPLOAD_OFFSET" },
    });
    expect(await ask("ada:operator", "POST", `/uploads/${upload}/admission`, {})).toMatchObject({
      status: 409,
      json: { code: "WB_UPLOAD_INCOMPLETE" },
    });
    expect(await ask("ada:operator", "PUT", `/uploads/${upload}/files/0`, "ny\n", { "upload-offset": "4" })).toMatchObject({ status: 204 });
    expect(await ask("ada:operator", "GET", "/uploads")).toMatchObject({ json: { items: [{ id: upload, fileCount: 1 }] } });
    const queued = await ask("ada:operator", "POST", `/uploads/${upload}/admission`, {});
    expect(queued).toMatchObject({ status: 202, json: { name: "tiny", principal: "ada", result: null, error: null, endedAt: null } });
    const job = idIn(queued.json);
    expect(await ask("ada:operator", "DELETE", `/uploads/${upload}`)).toMatchObject({ status: 409, json: { code: "WB_UPLOAD_CLOSED" } });
    await new Promise<void>((resolve) => void jobs.subscribe(() => jobs.get(job).state === "done" && resolve()));
    const done = await ask("bob:viewer", "GET", `/jobs/${job}`);
    expect(done).toMatchObject({ status: 200, json: { state: "done", progress: null, result: { decision: "allow" } } });
    const admission = await ask("bob:viewer", "GET", `/jobs/${job}/admission`);
    expect(admission).toMatchObject({
      status: 200,
      json: { decision: { outcome: "allow" }, recorded: { kind: "ticketed" }, examination: { findings: [] } },
    });
    const { artifact } = admission.json as { artifact: string };
    expect(await ask("bob:viewer", "GET", `/artifacts/${artifact.slice(7, 20)}/admission`)).toMatchObject({
      json: { artifact, recorded: { kind: "already-ticketed" }, manifest: { schema: "weighbridge.manifest/1" } },
    });
    expect(await ask("bob:viewer", "GET", "/jobs")).toMatchObject({ json: { items: [{ id: job }], next: null } });
    expect(acts.map(({ act, principal, outcome }) => [act, principal, outcome])).toEqual([
      ["admission.submit", "ada", "failed"],
      ["admission.submit", "ada", "done"],
    ]);
  }));

it("pages of jobs follow one another, and each job is on one of them", () =>
  withApi(async ({ ask }) => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      const upload = idIn((await ask("ada:operator", "POST", "/uploads", { name: `n${i}`, files: [{ path: "f", size: 0 }] })).json);
      ids.unshift(idIn((await ask("ada:operator", "POST", `/uploads/${upload}/admission`, {})).json));
    }
    const first = await ask("ada:operator", "GET", "/jobs?limit=2");
    const { next, items } = first.json as { next: string; items: { id: string }[] };
    const second = (await ask("ada:operator", "GET", `/jobs?limit=2&cursor=${next}`)).json as { next: null; items: { id: string }[] };
    expect([...items, ...second.items].map(({ id }) => id)).toEqual(ids);
    expect(second.next).toBeNull();
  }));

it.each([
  ["begin an upload", "POST", "/uploads", README],
  ["see uploads", "GET", "/uploads", undefined],
  ["send a file", "PUT", "/uploads/UPLOAD/files/0", "x"],
  ["admit an upload", "POST", "/uploads/UPLOAD/admission", {}],
  ["remove an upload", "DELETE", "/uploads/UPLOAD", undefined],
])("who may only look may not %s", (_, method, path, body) =>
  withApi(async ({ ask }) => {
    const upload = idIn((await ask("ada:operator", "POST", "/uploads", README)).json);
    expect(await ask("ada:viewer", method, path.replace("UPLOAD", upload), body)).toMatchObject({ status: 403, json: { code: "WB_ACCESS_DENIED" } });
  }),
);

it.each([
  ["see", "GET", "/uploads/UPLOAD", undefined],
  ["send files of", "PUT", "/uploads/UPLOAD/files/0", "x"],
  ["admit", "POST", "/uploads/UPLOAD/admission", {}],
  ["remove", "DELETE", "/uploads/UPLOAD", undefined],
])("nobody, not even an administrator, can %s the upload of somebody else", (_, method, path, body) =>
  withApi(async ({ ask }) => {
    const upload = idIn((await ask("ada:operator", "POST", "/uploads", README)).json);
    expect(await ask("eve:admin", method, path.replace("UPLOAD", upload), body)).toMatchObject({
      status: 404,
      json: { code: "WB_UPLOAD_NOT_FOUND" },
    });
    expect(await ask("ada:operator", "GET", `/uploads/${upload}`)).toMatchObject({ status: 200, json: { files: [{ received: 0 }] } });
  }),
);

it("a job is cancelled by who submitted it or by an administrator, and by nobody else", () =>
  withApi(async ({ ask, jobs }) => {
    await jobs.close(); // what is queued from now on waits
    const blocked = await ask("zoe:operator", "POST", "/uploads", { name: "n", files: [{ path: "f", size: 0 }] });
    const job = idIn((await ask("zoe:operator", "POST", `/uploads/${idIn(blocked.json)}/admission`, {})).json);
    expect(await ask("eve:operator", "POST", `/jobs/${job}/cancellation`)).toMatchObject({ status: 403, json: { code: "WB_ACCESS_DENIED" } });
    expect(await ask("root:admin", "POST", `/jobs/${job}/cancellation`)).toEqual({ status: 204, json: null });
    expect(jobs.get(job).state).toBe("cancelled");
    expect(await ask("zoe:operator", "GET", `/jobs/${job}/admission`)).toMatchObject({ status: 409, json: { code: "WB_JOB_NO_DECISION" } });
  }));

it.each([
  ["../x", 422],
  ["/etc/passwd", 422],
  ["a\\b", 422],
  ["", 400],
  ["x".repeat(1001), 400],
])("a path like %j is refused before anything is made", (path, status) =>
  withApi(async ({ ask }) => {
    expect(await ask("ada:operator", "POST", "/uploads", { name: "n", files: [{ path, size: 1 }] })).toMatchObject({ status });
    expect(await ask("ada:operator", "GET", "/uploads")).toMatchObject({ json: { items: [] } });
  }),
);
