import { ask, post, request } from "./request.ts";
import type * as t from "./types.ts";

interface Paged {
  readonly cursor?: string | undefined;
  readonly limit?: number;
}

export interface ArtifactFilter {
  readonly decision?: t.Outcome | undefined;
  readonly standing?: t.Standing | undefined;
  readonly q?: string | undefined;
}

/** Each call of the API that this console makes, and no other. */
export const api = {
  installation: (signal?: AbortSignal) => ask<t.Installation>("/installation", withSignal(signal)),
  signIn: (link: string) => request("POST", "/sign-in", { body: { link } }),
  signOut: () => request("POST", "/sign-out", { body: {} }),
  session: (signal?: AbortSignal) => ask<t.Session>("/session", withSignal(signal)),
  overview: (signal?: AbortSignal) => ask<t.Overview>("/overview", withSignal(signal)),

  artifacts: (query: ArtifactFilter & Paged, signal?: AbortSignal) =>
    ask<t.ArtifactPage>("/artifacts", { query: { ...query }, ...withSignal(signal) }),
  artifact: (id: string, signal?: AbortSignal) => ask<t.Artifact>(`/artifacts/${part(id)}`, withSignal(signal)),
  findings: (digest: string, signal?: AbortSignal) => ask<t.Findings>(`/artifacts/${part(digest)}/findings`, withSignal(signal)),
  files: (digest: string, query: Paged, signal?: AbortSignal) =>
    ask<t.FilePage>(`/artifacts/${part(digest)}/files`, { query: { ...query }, ...withSignal(signal) }),
  difference: (digest: string, signal?: AbortSignal) => request<t.Difference>("GET", `/artifacts/${part(digest)}/difference`, withSignal(signal)),
  approve: (digest: string, body: { readonly reason: string; readonly days: number; readonly policies?: readonly string[] }) =>
    post<t.Approved>(`/artifacts/${part(digest)}/approvals`, body),
  changeStanding: (digest: string, body: { readonly effect: "revoke" | "suspend" | "reinstate"; readonly reason: string }) =>
    request("POST", `/artifacts/${part(digest)}/standing`, { body }),
  giveAlias: (digest: string, alias: string) => request("POST", `/artifacts/${part(digest)}/aliases`, { body: { alias } }),

  pending: (query: Paged, signal?: AbortSignal) => ask<t.PendingPage>("/approvals", { query: { ...query }, ...withSignal(signal) }),

  deployments: (signal?: AbortSignal) => ask<t.Deployments>("/deployments", withSignal(signal)),
  deploy: (body: t.DeploymentRequest) => post<t.Deployment>("/deployments", body),
  withdraw: (id: string, reason: string) => request("POST", `/deployments/${part(id)}/withdrawal`, { body: { reason } }),
  calls: (query: Paged, signal?: AbortSignal) => ask<t.CallPage>("/calls", { query: { ...query }, ...withSignal(signal) }),
  acts: (query: Paged, signal?: AbortSignal) => ask<t.ActPage>("/acts", { query: { ...query }, ...withSignal(signal) }),

  checkpoint: (signal?: AbortSignal) => ask<t.Checkpoint>("/log/checkpoint", withSignal(signal)),
  entries: (query: { readonly before?: number | undefined; readonly limit?: number }, signal?: AbortSignal) =>
    ask<t.LogPage>("/log/entries", { query: { ...query }, ...withSignal(signal) }),
  entry: (index: number, signal?: AbortSignal) => ask<t.LogEntry>(`/log/entries/${index}`, withSignal(signal)),

  jobs: (signal?: AbortSignal) => ask<t.JobPage>("/jobs", withSignal(signal)),
  cancelJob: (id: string) => request("POST", `/jobs/${part(id)}/cancellation`, { body: {} }),
  createUpload: (body: { readonly name: string; readonly files: readonly { readonly path: string; readonly size: number }[] }) =>
    post<t.Upload>("/uploads", body),
  removeUpload: (id: string) => request("DELETE", `/uploads/${part(id)}`),
  admitUpload: (id: string) => post<t.Job>(`/uploads/${part(id)}/admission`, {}),

  tokens: (signal?: AbortSignal) => ask<t.Tokens>("/tokens", withSignal(signal)),
  createToken: (body: t.TokenRequest) => post<t.TokenCreated>("/tokens", body),
  revokeToken: (id: string) => request("POST", `/tokens/${part(id)}/revocation`, { body: {} }),
  roles: (signal?: AbortSignal) => ask<t.RoleGrants>("/roles", withSignal(signal)),
  changeRole: (body: { readonly principal: string; readonly role: t.Role; readonly effect: "grant" | "remove" }) =>
    request("POST", "/roles", { body }),
  policies: (signal?: AbortSignal) => ask<t.PolicySets>("/policies", withSignal(signal)),
};

function withSignal(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

/** Part of a path: whatever it holds, it names one thing and leads nowhere else. */
function part(text: string): string {
  const encoded = encodeURIComponent(text);
  return /^\.{1,2}$/.test(encoded) ? encoded.replaceAll(".", "%2E") : encoded;
}
