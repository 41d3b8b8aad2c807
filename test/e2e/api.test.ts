import { describe, expect, it, vi } from "vitest";
import type { ServerParts } from "../../src/server/parts.ts";
import { admissionOf, artifactWith, MODEL, POLICY_SET, POLICY_TEXT, type World } from "../registry-world.ts";
import { ADA, type Served, served } from "./sign-in-world.ts";

const OTHER = artifactWith({ "config.json": "{}", "model.safetensors": "other weights", "tokenizer.json": "{ }" });
const HOSTILE = "<img src=x onerror=alert(1)>\u202e/../\u0000\u001b[2J";

/** One model that was let in, one that waits, submitted by these. */
async function seeded({ registry }: ServerParts, world: World, submitter = "token:other"): Promise<void> {
  await registry.recordPolicySet({ digest: POLICY_SET, text: POLICY_TEXT, principal: "ada" });
  world.pass(1000);
  await registry.recordAdmission({ ...admissionOf(MODEL, "allow", world), name: "hf:org/heron" });
  await registry.recordAdmission({ ...admissionOf(OTHER, "hold", world), name: HOSTILE, principal: submitter });
}

const bearer = (secret: string) => ({ headers: { authorization: `Bearer ${secret}` } });

function token(api: Served, ...roles: ("viewer" | "operator" | "approver" | "admin")[]): string {
  return api.token({ scopes: ["api"], roles });
}

describe("the API", () => {
  it("describes every route that it has, and has every route that it describes", () =>
    served(async (api) => {
      const { json } = await api.ask("GET", "/api/openapi.json");
      const { openapi, paths } = json as { openapi: string; paths: Record<string, Record<string, { responses: object }>> };
      expect(openapi).toBe("3.1.0");
      const described = Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => [method.toUpperCase(), path] as const),
      );
      expect(described.length).toBeGreaterThan(35);
      const secret = token(api, "viewer");
      for (const [method, path] of described) {
        if (path === "/api/v1/events") continue; // does not end
        const answer = await api.ask(method, path.replaceAll(/\{\w+\}/g, "0000"), bearer(secret));
        expect([path, answer.status, (answer.json as { code?: string } | undefined)?.code]).not.toEqual([path, 404, "WB_SERVER_NOT_FOUND"]);
      }
    }));

  it("answers nothing but what anybody may know without signing in", () =>
    served(async (api) => {
      const { json } = await api.ask("GET", "/api/openapi.json");
      const { paths } = json as { paths: Record<string, Record<string, { security?: readonly object[] }>> };
      const open: string[] = [];
      for (const [path, methods] of Object.entries(paths))
        for (const method of Object.keys(methods)) {
          const { status } = await api.ask(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, "0000"));
          if (status !== 401) open.push(`${method} ${path}`);
        }
      expect(open.sort()).toEqual([
        "get /api/v1/installation",
        "get /api/v1/oidc/callback",
        "get /api/v1/oidc/start",
        "post /api/v1/sign-in",
        "post /api/v1/sign-out",
      ]);
    }));

  it("gives a model as it is known, hostile names as text, and a proof that its entry is in the log", () =>
    served(async (api) => {
      await seeded(api.parts, api.world);
      const secret = token(api, "viewer");
      const { json, headers } = await api.ask("GET", "/artifacts", bearer(secret));
      expect(json).toMatchObject({
        items: [
          { artifact: OTHER.digest, name: HOSTILE, decision: "hold" },
          { artifact: MODEL.digest, standing: "good" },
        ],
        next: null,
      });
      expect(headers["content-type"]).toBe("application/json");
      const { json: one } = await api.ask("GET", `/artifacts/${MODEL.digest.slice(7, 15)}`, bearer(secret));
      expect(one).toMatchObject({
        artifact: MODEL.digest,
        name: "hf:org/heron",
        reasons: [{ policy: "permit-examined" }],
        history: [{ kind: "admission" }],
      });
      const { index } = (one as { ticket: { index: number; leaf: string } }).ticket;
      const { json: entry } = await api.ask("GET", `/log/entries/${index}`, bearer(secret));
      expect(entry).toMatchObject({ index, leaf: (one as { ticket: { leaf: string } }).ticket.leaf, statement: { subject: MODEL.digest } });
    }));

  it("answers 304 to who knows it already, and something else when it changed", () =>
    served(async (api) => {
      await seeded(api.parts, api.world);
      const secret = token(api, "viewer");
      const first = await api.ask("GET", `/artifacts/${MODEL.digest}`, bearer(secret));
      const again = () =>
        api.ask("GET", `/artifacts/${MODEL.digest}`, { headers: { authorization: `Bearer ${secret}`, "if-none-match": String(first.headers.etag) } });
      expect((await again()).status).toBe(304);
      await api.parts.registry.changeStanding({ artifact: MODEL.digest, effect: "suspend", reason: "Wait.", principal: "ada" });
      expect((await again()).status).toBe(200);
    }));

  it("pages through models and the log without a gap", () =>
    served(async (api) => {
      await seeded(api.parts, api.world);
      const secret = token(api, "viewer");
      const seen: string[] = [];
      for (let cursor: string | null = ""; cursor !== null; ) {
        const { json } = await api.ask("GET", `/artifacts?limit=1${cursor === "" ? "" : `&cursor=${cursor}`}`, bearer(secret));
        const page = json as { items: { artifact: string }[]; next: string | null };
        seen.push(...page.items.map(({ artifact }) => artifact));
        cursor = page.next;
      }
      expect(seen).toEqual([OTHER.digest, MODEL.digest]);
    }));
});

describe("what a role may not do", () => {
  const acts = [
    ["POST", `/artifacts/${OTHER.digest}/approvals`, { reason: "Fine." }, "approver"],
    ["POST", `/artifacts/${MODEL.digest}/standing`, { effect: "revoke", reason: "Bad." }, "approver"],
    ["POST", `/artifacts/${MODEL.digest}/aliases`, { alias: "prod" }, "operator"],
    ["POST", "/deployments", { artifact: MODEL.digest, name: "heron", upstream: "https://203.0.113.7" }, "operator"],
    ["POST", "/deployments", { artifact: MODEL.digest, name: "heron", upstream: "http://127.0.0.1:8080" }, "admin"],
    ["POST", "/uploads", { name: "x", files: [{ path: "a", size: 1 }] }, "operator"],
    ["POST", "/tokens", { name: "x", scopes: ["infer"] }, "admin"],
    ["POST", "/roles", { principal: "oidc:https://id.example#eve", role: "viewer", effect: "grant" }, "admin"],
  ] as const;

  it.each(acts)("%s %s is refused to every other role, with the reason, and written down", (method, path, body, role) =>
    served(async (api) => {
      await seeded(api.parts, api.world);
      const others = (["viewer", "operator", "approver"] as const).filter((other) => other !== role);
      for (const other of others) {
        const answer = await api.ask(method, path, { ...bearer(token(api, other)), body });
        expect(answer.status).toBe(403);
        expect(answer.json).toMatchObject({
          status: 403,
          code: "WB_ACCESS_DENIED",
          detail: expect.stringMatching(/\[(default-deny|inside-upstream)\]/),
        });
      }
      expect((await api.ask(method, path, { ...bearer(token(api, role)), body })).status).toBeLessThan(300);
    }),
  );
});

describe("approving", () => {
  it("is not for who submitted it, not without a reason, and a refusal is written down", () =>
    served(async (api) => {
      const approver = token(api, "approver");
      const submitter = await api.ask("GET", "/session", bearer(approver));
      const { principal } = submitter.json as { principal: { id: string } };
      await seeded(api.parts, api.world, principal.id);
      const { json } = await api.ask("GET", "/approvals", bearer(approver));
      expect(json).toMatchObject({
        items: [{ artifact: OTHER.digest, submitter: principal.id, mayApprove: false, whyNot: "Nobody approves what they submitted themselves." }],
      });
      const own = await api.ask("POST", `/artifacts/${OTHER.digest}/approvals`, { ...bearer(approver), body: { reason: "Mine." } });
      expect(own.json).toMatchObject({ status: 403, detail: expect.stringContaining("[four-eyes]") });
      const other = token(api, "approver");
      const silent = await api.ask("POST", `/artifacts/${OTHER.digest}/approvals`, { ...bearer(other), body: { reason: "  " } });
      expect(silent.status).toBe(400);
      expect(await api.acts()).toContainEqual(expect.stringMatching(/^artifact\.approve refused by token:/));
    }));

  it("of what does not wait is a conflict, and of what nobody knows is 404", () =>
    served(async (api) => {
      await seeded(api.parts, api.world);
      const secret = token(api, "approver");
      const approve = (id: string) => api.ask("POST", `/artifacts/${id}/approvals`, { ...bearer(secret), body: { reason: "Fine." } });
      expect((await approve(MODEL.digest)).json).toMatchObject({ status: 409, code: "WB_ADMISSION_NOT_ON_HOLD" });
      expect((await approve(artifactWith({ a: "b" }).digest)).json).toMatchObject({ status: 404, code: "WB_REGISTRY_NOT_FOUND" });
    }));
});

describe("deployments", () => {
  it("are made of what has a ticket, shown with their level and standing, and withdrawn for a reason", () =>
    served(async (api) => {
      await seeded(api.parts, api.world);
      const secret = token(api, "admin");
      const deploy = (body: object) => api.ask("POST", "/deployments", { ...bearer(secret), body });
      const made = await deploy({ artifact: MODEL.digest, name: "heron", upstream: "http://127.0.0.1:8080", engine: { name: "vllm" } });
      expect(made).toMatchObject({
        status: 201,
        json: {
          name: "heron",
          level: "declared",
          standing: "good",
          upstream: { addresses: ["127.0.0.1"], model: null },
          engine: { name: "vllm", version: null },
        },
      });
      const { id } = made.json as { id: string };
      expect((await api.ask("GET", `/artifacts/${MODEL.digest}`, bearer(secret))).json).toMatchObject({ deployments: [{ id, name: "heron" }] });
      expect((await deploy({ artifact: OTHER.digest, name: "other", upstream: "http://127.0.0.1:8080" })).json).toMatchObject({
        status: 409,
        code: "WB_REGISTRY_NO_STANDING",
      });
      const withdrawal = await api.ask("POST", `/deployments/${id}/withdrawal`, { ...bearer(secret), body: { reason: "Replaced." } });
      expect(withdrawal.status).toBe(204);
      expect((await api.ask("GET", "/deployments", bearer(secret))).json).toEqual({ items: [] });
    }));

  it.each([
    "http://169.254.169.254/latest/meta-data",
    "http://[fd00:ec2::254]/",
    "http://0.0.0.0:8080",
    "http://[::ffff:169.254.169.254]/",
    "http://2852039166/",
    "gopher://127.0.0.1:11211/",
    "http://user:secret@127.0.0.1:8080",
  ])("never lead to %s", (upstream) =>
    served(async (api) => {
      await seeded(api.parts, api.world);
      const body = { artifact: MODEL.digest, name: "heron", upstream };
      const answer = await api.ask("POST", "/deployments", { ...bearer(token(api, "admin")), body });
      expect(answer.json).toMatchObject({ status: 400, code: "WB_GATEWAY_UPSTREAM_REFUSED" });
      expect(answer.text).not.toContain("secret");
    }),
  );
});

describe("live events", () => {
  it("tell what happens after the one that the reader has, and end with the token", () =>
    served(async (api) => {
      const { token: facts, secret } = api.parts.tokens.create(
        { name: "live", scopes: ["api"], roles: ["viewer"], dataClass: "public", days: 1 },
        ADA,
      );
      api.events.tell({ kind: "log", size: 1 });
      const first = api.events.tell({ kind: "log", size: 2 });
      api.events.tell({ kind: "log", size: 3 });
      const answer = await fetch(`${api.origin}/api/v1/events`, {
        headers: { authorization: `Bearer ${secret}`, "last-event-id": String(first.id) },
      });
      const reader = (answer.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      while (!text.includes('"size":3')) text += (await reader.read()).value ?? "";
      expect(text).toContain(`event: log\ndata: {"kind":"log","size":3}\nid: ${first.id + 1}\n`);
      expect(text).not.toContain('"size":2');
      api.parts.tokens.revoke(facts.id);
      api.events.tell({ kind: "log", size: 4 });
      let rest = "";
      for (let read = await reader.read(); !read.done; read = await reader.read()) rest += read.value;
      expect(rest).not.toContain('"size":4');
    }));

  it("are not followed by one principal without end, and a connection that ended counts no more", () =>
    served(async (api) => {
      const secret = token(api, "viewer");
      const follow = () => fetch(`${api.origin}/api/v1/events`, { headers: { authorization: `Bearer ${secret}` } });
      const open = await Promise.all(Array.from({ length: 32 }, follow));
      expect(open.map(({ status }) => status)).toEqual(open.map(() => 200));
      const more = await follow();
      expect([more.status, await more.json()]).toEqual([429, expect.objectContaining({ code: "WB_REQUEST_TOO_MANY" })]);
      expect((await api.ask("GET", "/session", bearer(secret))).status).toBe(200);
      await open[0]?.body?.cancel();
      await vi.waitFor(async () => expect((await follow()).status).toBe(200));
    }));
});
