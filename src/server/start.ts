import { readFileSync } from "node:fs";
import { type Gateway, startGateway } from "../gateway/index.ts";
import { appOf } from "./app.ts";
import { IdentityProvider } from "./auth/identity-provider.ts";
import { Closing } from "./closing.ts";
import { type Configuration, proxyTrust } from "./configuration/index.ts";
import { readConsole } from "./console-files.ts";
import { followChanges } from "./follow-changes.ts";
import { gatewayPartsOf } from "./gateway-parts.ts";
import { Exposure } from "./guards/exposure.ts";
import { Jobs } from "./jobs/index.ts";
import { listen } from "./listen.ts";
import { LiveEvents } from "./live-events.ts";
import { type InstallationPlace, openParts } from "./open-parts.ts";
import type { ServerParts } from "./parts.ts";
import { standardErrorLog } from "./telemetry/logger.ts";
import { ToldActs } from "./told-acts.ts";
import { Uploads } from "./uploads/index.ts";

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
  const { logger, ...log } = standardErrorLog({ level: configuration.log.level, human: process.stderr.isTTY, now: () => surroundings.now() });
  closing.add(log);
  const opened = closing.add(await openParts(place));
  const { parts } = opened;
  closing.add(new ToldActs(parts.state, parts.audit));
  const { uploads, jobs } = await openJobs(parts, configuration, closing);
  const tls = tlsOf(configuration);
  let gateway: Gateway | undefined;
  const events = new LiveEvents(surroundings.now().getTime());
  const app = appOf({
    ...parts,
    uploads,
    jobs,
    events,
    console,
    exposure: exposureOf(configuration),
    facts: { gateway: () => gateway?.address ?? null, oidc: configuration.oidc?.issuer ?? null },
    health: { missing: () => (gateway === undefined ? ["gateway"] : []) },
    local: { id: place.principal, name: place.principal.replace(/^local:/, "") },
    provider: configuration.oidc === null ? null : new IdentityProvider(configuration.oidc, () => surroundings.now()),
    report: (error, request) => logger.error({ err: error, request }, "a request failed on our side"),
  });
  const gatewayParts = await gatewayPartsOf(parts, configuration, closing, (error) =>
    logger.error({ err: error }, "what is deployed cannot be read"),
  );
  gateway = await startGateway(gatewayParts, gatewayOptionsOf(configuration, tls));
  closing.add(gateway);
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

async function openJobs(parts: ServerParts, { uploads: limits, jobs: { perPrincipal } }: Configuration, closing: Closing) {
  const uploads = closing.add(new Uploads({ ...parts, limits: { maxBytes: limits.maxBytes, maxBytesPerPrincipal: limits.perPrincipalBytes } }));
  await uploads.start();
  const jobs = closing.add(new Jobs({ ...parts, uploads, options: { maxOpenPerPrincipal: perPrincipal } }));
  await jobs.start();
  return { uploads, jobs };
}

function exposureOf({ server, tls, trustedProxies }: Configuration): Exposure {
  return new Exposure({ tls: tls !== null, publicUrl: server.publicUrl, allowedHosts: server.allowedHosts, trusts: proxyTrust(trustedProxies) });
}

function tlsOf({ tls }: Configuration): { readonly key: string; readonly cert: string } | null {
  return tls === null ? null : { key: readFileSync(tls.key, "utf8"), cert: readFileSync(tls.certificate, "utf8") };
}

function gatewayOptionsOf({ gateway, timeouts, server }: Configuration, tls: { readonly key: string; readonly cert: string } | null) {
  const { drainMs, ...rest } = timeouts;
  const names = server.publicUrl === null ? [] : [new URL(server.publicUrl).hostname];
  const hosts = [...names, ...server.allowedHosts.map((host) => host.replace(/:\d+$/, ""))];
  return {
    host: gateway.host,
    port: gateway.port,
    maxBodyBytes: gateway.maxBodyBytes,
    timeouts: rest,
    graceMs: drainMs,
    ...(hosts.length === 0 ? {} : { hosts: [...hosts, "localhost", "127.0.0.1", "[::1]"] }),
    ...(tls === null ? {} : { tls }),
  };
}
