import { isIP } from "node:net";
import { z } from "zod";
import { ROLES } from "../../access/principal.ts";
import { isLoopback, isNetwork } from "./addresses.ts";

/** Levels of the server's own log, from the loudest to the quietest. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const MAX_PORT = 65_535;
const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** Timers of Node end at once when they are set for longer. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const MAX_MINUTES = 60 * 24 * 366;

const port = () => z.int().min(0).max(MAX_PORT);
const positive = () => z.int().min(1);
const milliseconds = () => z.int().min(1).max(MAX_TIMER_MS);
const file = () => z.string().min(1).meta({ form: "the path of a file", isPath: true });
const host = () =>
  z
    .string()
    .refine((text) => text === "localhost" || (isIP(text) !== 0 && !text.includes("%")))
    .meta({ form: "an IP address, or localhost" });

/** An address on the web without what could be a secret or would be ignored. Plain http only as far as this machine. */
function address(form: string, { plain, path }: { readonly plain: "loopback" | "anywhere"; readonly path: boolean }) {
  const fits = (text: string) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || url.username !== "" || url.password !== "" || /[?#\s]/.test(text)) return false;
    const secure = url.protocol === "https:" || (url.protocol === "http:" && (plain === "anywhere" || isLoopback(bare(url.hostname))));
    return secure && (path || url.pathname === "/");
  };
  return z.string().refine(fits).meta({ form });
}

/** URLs write IPv6 addresses in brackets. */
function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

const HOST_NAME = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*|\[[0-9a-f:.]+\])$/;
const hostNames = () => z.array(z.string().regex(HOST_NAME).meta({ form: "a host name in lower case, without a port" })).default([]);
/** RFC 6749 §3.3. */
const OAUTH_SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

const roles = z
  .preprocess((given) => (typeof given === "string" ? [given] : given), z.array(z.enum(ROLES)).min(1))
  .meta({ form: `one of ${ROLES.join(", ")}, or a list of them` });

/** All settings with their defaults and what each means: the reference page and the error messages are made from this. */
export const ConfigurationSchema = z.strictObject({
  server: z
    .strictObject({
      host: host().default("127.0.0.1").meta({ flag: "host", description: "Where console and API listen." }),
      port: port().default(8787).meta({ flag: "port", description: "Port of console and API. 0 takes one that is free." }),
      publicUrl: address("an https:// address without a path (http:// on loopback alone)", { plain: "loopback", path: false })
        .nullable()
        .default(null)
        .meta({
          flag: "public-url",
          description:
            "What people type to reach the console. Requests for another host or from another origin are refused. Needed where `host` is not loopback.",
        }),
      allowedHosts: hostNames().meta({
        description: "Further names under which console and API may be asked, such as that of a load balancer's health check.",
      }),
    })
    .prefault({})
    .describe("Console and API."),
  gateway: z
    .strictObject({
      host: host().default("127.0.0.1").meta({ flag: "gateway-host", description: "Where the gateway listens." }),
      port: port().default(8788).meta({ flag: "gateway-port", description: "Port of the gateway. 0 takes one that is free." }),
      allowedHosts: hostNames().meta({
        description: "Names under which the gateway may be asked, beside those of loopback and of `server.publicUrl`.",
      }),
      maxBodyBytes: positive()
        .max(GIB)
        .default(10 * MIB)
        .meta({ description: "The largest request that is taken. It is held in memory while it is checked." }),
      requestsPerMinute: positive().nullable().default(600).meta({ description: "Requests of one principal, where its token says nothing else." }),
      tokensPerDay: z
        .strictObject({
          perPrincipal: positive()
            .nullable()
            .default(null)
            .meta({ description: "Model tokens (in and out) of one principal, where its token says nothing else." }),
          installation: positive().nullable().default(null).meta({ description: "Model tokens (in and out) of all principals together." }),
        })
        .prefault({})
        .describe("Budgets; a day is one of UTC."),
    })
    .prefault({})
    .describe("What clients of models talk to."),
  tls: z
    .strictObject({
      certificate: file().meta({ description: "Certificate and what it was signed with, PEM." }),
      key: file().meta({ description: "Private key of the certificate, PEM. For its owner alone, or its owner's group." }),
    })
    .nullable()
    .default(null)
    .describe("For console, API and gateway. Without it all three speak plain HTTP, and listen on loopback or behind a trusted proxy."),
  trustedProxies: z
    .array(z.string().refine(isNetwork).meta({ form: "an IP address, or a network such as 10.0.0.0/8" }))
    .default([])
    .meta({ description: "Whose `X-Forwarded-For`, `-Host` and `-Proto` are believed. Of nobody else's connection they are read." }),
  oidc: z
    .strictObject({
      issuer: address("an https:// address without user, password, query and fragment (http:// on loopback alone)", {
        plain: "loopback",
        path: true,
      }).meta({ description: "The identity provider, as its discovery document writes it." }),
      clientId: z.string().min(1).max(512).meta({ form: "text that is not empty", description: "What the provider calls this installation." }),
      clientSecretFile: file()
        .nullable()
        .default(null)
        .meta({ description: "Holds the client secret and nothing else. Or put the secret into WEIGHBRIDGE_OIDC_CLIENT_SECRET." }),
      scopes: z
        .array(z.string().regex(OAUTH_SCOPE).meta({ form: "a scope without spaces" }))
        .refine((scopes) => scopes.includes("openid"))
        .default(["openid", "profile", "email"])
        .meta({ form: "a list of scopes with openid among them", description: "What the provider is asked for." }),
      roles: z
        .strictObject({
          claim: z
            .string()
            .min(1)
            .max(256)
            .default("groups")
            .meta({ form: "the name of a claim", description: "The claim of the ID token that says what somebody is." }),
          map: z
            .record(z.string(), roles)
            .prefault({})
            .meta({
              form: "a map from values of the claim to roles",
              description: `Which roles (${ROLES.join(", ")}) a value of the claim gives. Whoever has none of these values may do nothing.`,
            }),
        })
        .prefault({})
        .describe("Who may do what."),
    })
    .nullable()
    .default(null)
    .describe("Sign-in through OpenID Connect. Without it people sign in by links that `weighbridge` prints."),
  sessions: z
    .strictObject({
      idleMinutes: positive().max(MAX_MINUTES).default(30).meta({ description: "A session ends after so long without a request." }),
      absoluteMinutes: positive().max(MAX_MINUTES).default(720).meta({ description: "A session ends after so long in any case." }),
    })
    .prefault({})
    .describe("How long people stay signed in."),
  uploads: z
    .strictObject({
      maxBytes: positive()
        .default(1024 * GIB)
        .meta({ description: "All uploads together that wait for their examination." }),
      perPrincipalBytes: positive()
        .default(512 * GIB)
        .meta({ description: "Those of one principal." }),
    })
    .prefault({})
    .describe("Models that are sent to the server."),
  jobs: z
    .strictObject({ perPrincipal: positive().max(1000).default(4).meta({ description: "Examinations of one principal that wait or run." }) })
    .prefault({})
    .describe("Examinations that the server runs."),
  timeouts: z
    .strictObject({
      headersMs: milliseconds().default(10_000).meta({ description: "Until a client has sent the headers of its request." }),
      bodyMs: milliseconds().default(30_000).meta({ description: "Until it has sent the body, from then on." }),
      connectMs: milliseconds().default(5_000).meta({ description: "Until a model server has taken a connection." }),
      firstByteMs: milliseconds()
        .default(300_000)
        .meta({ description: "Until it has begun to answer. An answer that is not streamed begins when the model is done." }),
      idleMs: milliseconds().default(60_000).meta({ description: "Between two pieces of its answer." }),
      clientIdleMs: milliseconds().default(60_000).meta({ description: "How long a client may take nothing of what waits for it." }),
      drainMs: z
        .int()
        .min(0)
        .max(MAX_TIMER_MS)
        .default(500)
        .meta({ description: "How long calls may go on once the process was asked to end. Then each is told so, recorded and ended." }),
    })
    .prefault({})
    .describe("How long the gateway waits."),
  audit: z
    .strictObject({
      segmentBytes: z
        .int()
        .min(64 * 2 ** 10)
        .max(GIB)
        .default(64 * MIB)
        .meta({ description: "A file of the audit log is closed at this size, and the next one begun." }),
    })
    .prefault({})
    .describe("The record of every call."),
  log: z
    .strictObject({
      level: z
        .enum(LOG_LEVELS)
        .default("info")
        .meta({ flag: "log-level", description: "What the server writes to stderr. The audit log is another thing, and whole at any level." }),
    })
    .prefault({})
    .describe("The server's own log."),
  telemetry: z
    .strictObject({
      prometheus: z.boolean().default(true).meta({ description: "Serve metrics at `/metrics`." }),
      otlpEndpoint: address("an http:// or https:// address without user, password, query and fragment", { plain: "anywhere", path: true })
        .nullable()
        .default(null)
        .meta({
          description:
            "Where traces go: the whole address of an OTLP/HTTP collector, such as http://127.0.0.1:4318/v1/traces. Headers are taken from OTEL_EXPORTER_OTLP_HEADERS.",
        }),
    })
    .prefault({})
    .describe("What the server tells of itself."),
});

export type Settings = z.output<typeof ConfigurationSchema>;
