import type { Act, Call, Job, Level, LogEntrySummary, Outcome, Role, Scope, Severity, Standing } from "../api/types.ts";

/** Which of the colours and shapes a word goes with. */
export type Tone = "good" | "wait" | "bad" | "soft";

export type Shape = "circle" | "triangle" | "octagon" | "diamond" | "ring" | "pause" | "clock" | "dash" | "question" | "cross" | "octagon-ring";

export interface Word {
  readonly word: string;
  readonly tone: Tone;
  readonly shape: Shape;
}

/** The words of the HTML reports. */
export const DECISION: Readonly<Record<Outcome, Word>> = {
  allow: { word: "Allowed", tone: "good", shape: "circle" },
  hold: { word: "On hold", tone: "wait", shape: "triangle" },
  deny: { word: "Denied", tone: "bad", shape: "octagon" },
};

export const STANDING: Readonly<Record<Standing, Word & { readonly means: string }>> = {
  good: { word: "Good", tone: "good", shape: "circle", means: "Its ticket counts." },
  expired: { word: "Expired", tone: "wait", shape: "clock", means: "Its ticket has ended. Admit it again." },
  suspended: { word: "Suspended", tone: "wait", shape: "pause", means: "Its tickets do not count for now." },
  revoked: { word: "Revoked", tone: "bad", shape: "cross", means: "Somebody took its tickets back." },
  unknown: { word: "Unknown", tone: "soft", shape: "question", means: "Nothing here says whether its ticket counts." },
  stale: { word: "Stale", tone: "soft", shape: "question", means: "What is known of it is too old." },
  none: { word: "No ticket", tone: "soft", shape: "dash", means: "It never had a ticket." },
};

export const SEVERITY: Readonly<Record<Severity, Word>> = {
  critical: { word: "critical", tone: "bad", shape: "octagon" },
  high: { word: "high", tone: "bad", shape: "octagon-ring" },
  medium: { word: "medium", tone: "wait", shape: "triangle" },
  low: { word: "low", tone: "soft", shape: "diamond" },
  info: { word: "info", tone: "soft", shape: "ring" },
};

export const CALL: Readonly<Record<Call["outcome"], Word>> = {
  allowed: { word: "Answered", tone: "good", shape: "circle" },
  refused: { word: "Refused", tone: "bad", shape: "octagon" },
  limited: { word: "Limited", tone: "wait", shape: "pause" },
  failed: { word: "Failed", tone: "bad", shape: "cross" },
  abandoned: { word: "Abandoned", tone: "soft", shape: "dash" },
};

export const ACT: Readonly<Record<Act["outcome"], Word>> = {
  done: { word: "Done", tone: "good", shape: "circle" },
  refused: { word: "Refused", tone: "bad", shape: "octagon" },
  failed: { word: "Failed", tone: "bad", shape: "cross" },
};

export const JOB: Readonly<Record<Job["state"], Word>> = {
  queued: { word: "Queued", tone: "soft", shape: "ring" },
  running: { word: "Running", tone: "wait", shape: "clock" },
  done: { word: "Done", tone: "good", shape: "circle" },
  failed: { word: "Failed", tone: "bad", shape: "cross" },
  cancelled: { word: "Cancelled", tone: "soft", shape: "dash" },
};

/** How sure it is that the model answers at the upstream. */
export const LEVEL: Readonly<Record<Level, { readonly short: string; readonly means: string }>> = {
  declared: { short: "L0 declared", means: "declared: nobody measured that this model answers here" },
  behavioural: { short: "L1 behavioural", means: "behavioural: its answers were those of this model" },
  "measured-start": { short: "L2 measured start", means: "measured start: its files were verified when the model server started" },
};

export const ROLE: Readonly<Record<Role, string>> = {
  viewer: "reads everything here",
  operator: "submits models, names them, deploys them",
  approver: "approves what waits, revokes and reinstates",
  admin: "all of it, and tokens and roles",
};

export const SCOPE: Readonly<Record<Scope, string>> = {
  infer: "may ask models through the gateway",
  api: "may use this API, as its roles allow",
};

const KINDS: Readonly<Record<string, string>> = {
  genesis: "First trust document",
  rotation: "Ticket key changed",
  policySet: "Admission policies changed",
  accessPolicySet: "Access policies changed",
  admission: "Decision",
  approval: "Approval",
  revocation: "Standing changed",
  alias: "Name given",
  deployment: "Deployment",
  role: "Role changed",
};

/** What kind of entry it is, in words; a kind of a newer server keeps its own name. */
export function kindText({ kind }: Pick<LogEntrySummary, "kind">): string {
  return KINDS[kind] ?? kind;
}

/** Whether the subject of such an entry is a model, which has a page. */
export function isAboutModel(kind: string): boolean {
  return ["admission", "approval", "revocation", "alias", "deployment"].includes(kind);
}
