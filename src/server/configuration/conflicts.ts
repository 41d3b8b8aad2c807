import { isLoopback } from "./addresses.ts";
import type { ConfigurationProblem } from "./errors.ts";
import type { Settings } from "./schema.ts";

/** A mistake of several settings, of which the first that somebody set is pointed at. */
export interface Conflict extends Omit<ConfigurationProblem, "where"> {
  readonly settings: readonly (readonly string[])[];
}

/** What each setting allows by itself and all together do not. */
export function conflictsIn(settings: Settings): readonly Conflict[] {
  return [...listenConflicts(settings), ...portConflicts(settings), ...addressConflicts(settings), ...orderConflicts(settings)];
}

/** What others can reach speaks TLS, or lies behind a proxy that does and is known. */
function listenConflicts(settings: Settings): readonly Conflict[] {
  if (settings.tls !== null || settings.trustedProxies.length > 0) return [];
  return (["server", "gateway"] as const)
    .filter((section) => !isLoopback(settings[section].host))
    .map((section) => ({
      code: "WB_CONFIG_INSECURE_LISTEN",
      message: `${section}.host is ${settings[section].host}, which others can reach, and what they send would not be encrypted`,
      hint: "Set tls.certificate and tls.key, or name the proxy that speaks TLS in trustedProxies, or listen on 127.0.0.1.",
      settings: [[section, "host"]],
    }));
}

function portConflicts({ server, gateway }: Settings): readonly Conflict[] {
  const meet = server.host === gateway.host || [server.host, gateway.host].some((host) => host === "0.0.0.0" || host === "::");
  if (server.port !== gateway.port || server.port === 0 || !meet) return [];
  return [
    {
      code: "WB_CONFIG_CONFLICT",
      message: `server.port and gateway.port are both ${gateway.port}`,
      hint: "Give them different ports.",
      settings: [
        ["gateway", "port"],
        ["server", "port"],
      ],
    },
  ];
}

function addressConflicts({ server, gateway, tls }: Settings): readonly Conflict[] {
  const conflicts: Conflict[] = [];
  if (server.publicUrl === null && !isLoopback(server.host))
    conflicts.push({
      code: "WB_CONFIG_CONFLICT",
      message: "others can reach server.host, and server.publicUrl is not set",
      hint: "Set server.publicUrl to what people type to reach the console: requests for any other host are refused.",
      settings: [["server", "host"]],
    });
  if (server.publicUrl === null && gateway.allowedHosts.length === 0 && !isLoopback(gateway.host))
    conflicts.push({
      code: "WB_CONFIG_CONFLICT",
      message: "others can reach gateway.host, and no name is set under which they may ask it",
      hint: "Set gateway.allowedHosts, or server.publicUrl where both have one name: requests for any other host are refused.",
      settings: [["gateway", "host"]],
    });
  if (server.publicUrl?.startsWith("http:") === true && tls !== null)
    conflicts.push({
      code: "WB_CONFIG_CONFLICT",
      message: "server.publicUrl begins with http:, and tls is set",
      hint: "Begin it with https:, as that is what the server speaks.",
      settings: [["server", "publicUrl"]],
    });
  return conflicts;
}

/** Pairs of which the first may not be more than the second. */
function orderConflicts({ sessions, uploads, gateway: { tokensPerDay } }: Settings): readonly Conflict[] {
  const pairs = [
    { path: ["sessions", "idleMinutes"], value: sessions.idleMinutes, limit: sessions.absoluteMinutes, of: "sessions.absoluteMinutes" },
    { path: ["uploads", "perPrincipalBytes"], value: uploads.perPrincipalBytes, limit: uploads.maxBytes, of: "uploads.maxBytes" },
    {
      path: ["gateway", "tokensPerDay", "perPrincipal"],
      value: tokensPerDay.perPrincipal ?? 0,
      limit: tokensPerDay.installation ?? Number.POSITIVE_INFINITY,
      of: "gateway.tokensPerDay.installation",
    },
  ];
  return pairs
    .filter(({ value, limit }) => value > limit)
    .map(({ path, value, limit, of }) => ({
      code: "WB_CONFIG_CONFLICT",
      message: `${path.join(".")} is ${value}, more than ${of}, which is ${limit}`,
      hint: "Lower the first, or raise the second.",
      settings: [path, of.split(".")],
    }));
}
