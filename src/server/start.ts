import type { Gateway } from "../gateway/index.ts";
import { appOf } from "./app.ts";
import { IdentityProvider } from "./auth/identity-provider.ts";
import { Closing } from "./closing.ts";
import { type Configuration, proxyTrust } from "./configuration/index.ts";
import { readConsole } from "./console-files.ts";
import { followChanges } from "./follow-changes.ts";
import { tlsOf } from "./gateway-options.ts";
import { Exposure } from "./guards/exposure.ts";
import { Jobs } from "./jobs/index.ts";
import { listen } from "./listen.ts";
import { LiveEvents } from "./live-events.ts";
import { openGateway } from "./open-gateway.ts";
import { type InstallationPlace, openParts } from "./open-parts.ts";
import type { ServerParts } from "./parts.ts";
import { readingsOf } from "./readings.ts";
import { createMetrics, type Logger, standardErrorLog } from "./telemetry/index.ts";
import { ToldActs } from "./told-acts.ts";
import { Uploads } from "./uploads/index.ts";
import { watchedAudit } from "./watched-audit.ts";

/** An installation that can be reached. */
export interface RunningInstallation {
  /** Where people open the console. */
  readonly console: string;
  /** What clients of models take as base URL, without `/v1`. */
  readonly gateway: string;
  readonly parts: ServerParts;
  /** Makes a link that signs in once, within ten minutes. */
  signInLink(): { readonly url: string };
  /** Ends calls and requests in good order, and closes everything. Closing twice is closing once. */
  close(): Promise<void>;
}

/** What may still run when the process is told to end: so long that an answer that is nearly there arrives, so short that nobody presses Ctrl-C twice. */
const GRACE_MS = 400;

/** Opens an installation and serves console, API and gateway. What was opened is closed again when a later part cannot be. */
export async function startInstallation(place: InstallationPlace): Promise<RunningInstallation> {
  const closing = new Closing();
  try {
    return await start(place, closing);
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function start(place: InstallationPlace, closing: Closing): Promise<RunningInstallation> {
  const { configuration, surroundings } = place;
  const console = readConsole();
  const logger = openLog(place, closing);
  const report = (what: string) => (error: unknown) => logger.error({ err: error }, what);
  const opened = closing.add(await openParts(place));
  const { uploads, jobs } = await openJobs(opened.parts, configuration, closing, report("an examination failed on our side"));
  let gateway: Gateway | undefined;
  const metrics = createMetrics(readingsOf({ ...opened.parts, jobs, gateway: () => gateway?.counts() }));
  const parts: ServerParts = { ...opened.parts, audit: watchedAudit(opened.parts.audit, metrics) };
  closing.add(new ToldActs(parts.state, parts.audit));
  const tls = tlsOf(configuration);
  const events = new LiveEvents(surroundings.now().getTime());
  const app = appOf({
    ...parts,
    uploads,
    jobs,
    events,
    console,
    logger,
    metrics,
    servesMetrics: configuration.telemetry.prometheus,
    exposure: exposureOf(configuration),
    facts: { gateway: () => gateway?.address ?? null, oidc: configuration.oidc?.issuer ?? null },
    health: { missing: () => gateway?.missing() ?? ["gateway"] },
    local: { id: place.principal, name: place.principal.replace(/^local:/, "") },
    provider: configuration.oidc === null ? null : new IdentityProvider(configuration.oidc, () => surroundings.now()),
    report: (error, request) => logger.error({ err: error, request }, "a request failed on our side"),
  });
  gateway = await openGateway(parts, { configuration, tls, metrics, logger, closing, report });
  const listening = await listen(app, { ...configuration.server, tls, headersMs: configuration.timeouts.headersMs });
  closing.add({ close: () => listening.close(GRACE_MS) });
  closing.add(events);
  closing.add(followChanges({ ...parts, jobs }, events));
  const address = configuration.server.publicUrl ?? listening.address;
  return {
    console: address,
    gateway: gateway.address,
    parts,
    signInLink: () => ({ url: `${address}/sign-in#${parts.links.make().secret}` }),
    close: () => closing.close(),
  };
}

function openLog({ configuration, surroundings }: InstallationPlace, closing: Closing): Logger {
  const { level } = configuration.log;
  const { logger, ...log } = standardErrorLog({ level, human: process.stderr.isTTY && !process.env.CI, now: () => surroundings.now() });
  closing.add(log);
  return logger;
}

/** Goes on with the uploads and jobs that an earlier process left. */
async function openJobs(parts: ServerParts, configuration: Configuration, closing: Closing, onFault: (error: unknown) => void) {
  const { maxBytes, perPrincipalBytes } = configuration.uploads;
  const uploads = closing.add(new Uploads({ ...parts, limits: { maxBytes, maxBytesPerPrincipal: perPrincipalBytes } }));
  await uploads.start();
  const jobs = closing.add(new Jobs({ ...parts, uploads, options: { maxOpenPerPrincipal: configuration.jobs.perPrincipal, onFault } }));
  await jobs.start();
  return { uploads, jobs };
}

function exposureOf({ server, tls, trustedProxies }: Configuration): Exposure {
  return new Exposure({ tls: tls !== null, publicUrl: server.publicUrl, allowedHosts: server.allowedHosts, trusts: proxyTrust(trustedProxies) });
}
