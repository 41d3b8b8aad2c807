import { OpenAPIHono } from "@hono/zod-openapi";
import type { Hono, MiddlewareHandler } from "hono";
import { etag } from "hono/etag";
import { allow } from "../access/allow.ts";
import { PersonRoles } from "../access/person-roles.ts";
import type { SignedIn } from "../access/sessions.ts";
import { SignInFlows } from "../access/sign-in-flows.ts";
import { Acts } from "./acts.ts";
import { documentRoute } from "./api/document.ts";
import { artifactRoutes } from "./api/routes/artifacts.ts";
import { callRoutes } from "./api/routes/calls.ts";
import { deploymentRoutes } from "./api/routes/deployments.ts";
import { eventRoutes } from "./api/routes/events.ts";
import { type InstallationFacts, installationRoutes } from "./api/routes/installation.ts";
import { logRoutes } from "./api/routes/log.ts";
import { overviewRoutes } from "./api/routes/overview.ts";
import { policyRoutes } from "./api/routes/policies.ts";
import { standingRoutes } from "./api/routes/standing.ts";
import { authentication, isStillSignedIn } from "./auth/authentication.ts";
import type { IdentityProvider } from "./auth/identity-provider.ts";
import { oidcRoutes } from "./auth/oidc-routes.ts";
import { roleRoutes } from "./auth/role-routes.ts";
import { SessionActs } from "./auth/session-acts.ts";
import { sessionRoutes } from "./auth/session-routes.ts";
import { SignInLimit } from "./auth/sign-in-limit.ts";
import { signInRoutes } from "./auth/sign-in-routes.ts";
import { tokenRoutes } from "./auth/token-routes.ts";
import { consoleRoutes, type readConsole } from "./console-files.ts";
import { asked } from "./guards/asked.ts";
import { boundedBody } from "./guards/bounded-body.ts";
import type { Exposure } from "./guards/exposure.ts";
import { notFound, problemHandler } from "./guards/problem.ts";
import { requestId } from "./guards/request-id.ts";
import { securityHeaders } from "./guards/security-headers.ts";
import { requireValid } from "./guards/valid-request.ts";
import { type HealthParts, healthRoutes } from "./health.ts";
import { type Jobs, jobRoutes } from "./jobs/index.ts";
import type { LiveEvents } from "./live-events.ts";
import { metricsRoute } from "./metrics-route.ts";
import type { Authorize, ServerEnv, ServerParts } from "./parts.ts";
import type { Logger, Metrics } from "./telemetry/index.ts";
import { type Uploads, uploadRoutes } from "./uploads/index.ts";
import { watchRequests } from "./watch-requests.ts";

export interface AppParts extends ServerParts {
  readonly exposure: Exposure;
  readonly uploads: Uploads;
  readonly jobs: Jobs;
  readonly events: LiveEvents;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly servesMetrics: boolean;
  readonly console: ReturnType<typeof readConsole>;
  readonly facts: InstallationFacts;
  readonly health: HealthParts;
  /** Who a sign-in link signs in. */
  readonly local: SignedIn;
  /** Null: people sign in by links alone. */
  readonly provider: IdentityProvider | null;
  /** Is told of each error on our side. */
  readonly report: (error: unknown, request: string) => void;
}

/** The largest JSON that a route takes; announcements of uploads name a hundred thousand files. */
const MAX_BODY_BYTES = 2 ** 20;
const MAX_ANNOUNCEMENT_BYTES = 16 * 2 ** 20;
const BODY_DEADLINE_MS = 30_000;

/** The control plane: guards around everything, then the API, then the console. */
export function appOf(parts: AppParts): Hono<ServerEnv> {
  const app = new OpenAPIHono<ServerEnv>({ defaultHook: requireValid });
  app.use(requestId(parts.surroundings), watchRequests(parts), securityHeaders, asked(parts.exposure));
  app.onError(problemHandler(parts.report));
  app.notFound(notFound);
  healthRoutes(app, parts.health);
  const authenticate = authentication({ ...parts, roles: new PersonRoles(parts.registry) });
  const authorize: Authorize = (principal, question) => void allow(parts.judge, principal, question);
  if (parts.servesMetrics) metricsRoute(app, parts.metrics, authenticate, authorize);
  app.route("/api/v1", apiOf(parts, authenticate, authorize));
  documentRoute(app);
  app.all("/api/*", notFound);
  consoleRoutes(app, parts.console);
  return app;
}

function apiOf(parts: AppParts, authenticate: MiddlewareHandler<ServerEnv>, authorize: Authorize): OpenAPIHono<ServerEnv> {
  const { surroundings, audit, registry, sessions, tokens, judge, exposure } = parts;
  const api = new OpenAPIHono<ServerEnv>({ defaultHook: requireValid });
  const acts = new Acts(audit, surroundings);
  const sessionParts = { sessions, acts: new SessionActs(audit, surroundings), limit: new SignInLimit() };
  installationRoutes(api, registry, parts.facts);
  signInRoutes(api, { ...sessionParts, links: parts.links, exposure, local: parts.local });
  oidcRoutes(api, { ...sessionParts, provider: parts.provider, flows: new SignInFlows(parts.state, surroundings), exposure, report: parts.report });

  api.use(authenticate);
  api.use((c, next) => {
    const maxBytes = c.req.path.endsWith("/uploads") ? MAX_ANNOUNCEMENT_BYTES : MAX_BODY_BYTES;
    return boundedBody({ maxBytes, deadlineMs: BODY_DEADLINE_MS })(c, next);
  });
  eventRoutes(api, { events: parts.events, isStillSignedIn: (c) => isStillSignedIn(c, { tokens, sessions }) }, authorize);
  api.use(etag());
  sessionRoutes(api, { judge, sessions });
  overviewRoutes(api, parts, authorize);
  artifactRoutes(api, parts, authorize);
  standingRoutes(api, parts, authorize, acts);
  deploymentRoutes(api, parts, authorize, acts);
  callRoutes(api, parts, authorize);
  logRoutes(api, parts, authorize);
  policyRoutes(api, parts, authorize);
  uploadRoutes(api, parts.uploads, authorize);
  jobRoutes(api, { jobs: parts.jobs, registry }, authorize, acts);
  tokenRoutes(api, tokens, authorize, acts);
  roleRoutes(api, { registry, sessions }, authorize, acts);
  return api;
}
