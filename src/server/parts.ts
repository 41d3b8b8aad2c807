import type { HttpBindings } from "@hono/node-server";
import type { AccessJudge } from "../access/judge.ts";
import type { Principal } from "../access/principal.ts";
import type { Sessions } from "../access/sessions.ts";
import type { SignInLinks } from "../access/sign-in-links.ts";
import type { Tokens } from "../access/tokens.ts";
import type { AuditLog } from "../audit/index.ts";
import type { AccessQuestion } from "../policy/decide-access.ts";
import type { PolicySet } from "../policy/policy-set.ts";
import type { Registry, Surroundings } from "../registry/index.ts";
import type { State } from "../state/database.ts";
import type { Asked } from "./guards/asked.ts";

/** What the control plane works on. One of each for the life of the process. */
export interface ServerParts {
  readonly directory: string;
  readonly registry: Registry;
  readonly state: State;
  readonly tokens: Tokens;
  readonly sessions: Sessions;
  readonly links: SignInLinks;
  readonly judge: AccessJudge;
  readonly audit: AuditLog;
  /** What decides whether artifacts are let in. */
  readonly policies: PolicySet;
  /** Where `policies` lie, with their cases. */
  readonly policyFolder: string;
  /** What decides who may do what. */
  readonly accessPolicies: PolicySet;
  readonly surroundings: Surroundings;
}

/** Lets pass what policy allows. Throws AccessError WB_ACCESS_DENIED, which says why. */
export type Authorize = (principal: Principal, question: AccessQuestion) => void;

/** What middleware knows of a request when a handler runs. */
export interface ServerEnv {
  Bindings: HttpBindings;
  Variables: {
    /** How the request reached us. */
    asked: Asked;
    /** Set for every route that needs somebody to be signed in. */
    principal: Principal;
    /** Unpredictable id of the request, told in `x-request-id` and in the audit log. */
    request: string;
  };
}
