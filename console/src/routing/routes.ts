import type { Outcome, Standing } from "../api/types.ts";

export const SETTINGS = ["tokens", "roles", "policies", "acts"] as const;
export type SettingsPart = (typeof SETTINGS)[number];

/** Every place of the console. Each has an address that can be sent to somebody. */
export type Route =
  | { readonly page: "overview" }
  | {
      readonly page: "models";
      readonly decision?: Outcome | undefined;
      readonly standing?: Standing | undefined;
      readonly q?: string | undefined;
      readonly cursor?: string | undefined;
    }
  /** `id`: digest, beginning of one, or alias. */
  | { readonly page: "model"; readonly id: string }
  | { readonly page: "submit" }
  | { readonly page: "approvals"; readonly digest: string | null }
  | { readonly page: "deployments"; readonly calls?: string | undefined }
  | { readonly page: "deploy"; readonly artifact?: string | undefined }
  | { readonly page: "log"; readonly before?: number | undefined }
  | { readonly page: "entry"; readonly index: number }
  | { readonly page: "settings"; readonly part: SettingsPart }
  | { readonly page: "sign-in" }
  | { readonly page: "not-found" };

const OUTCOMES: readonly Outcome[] = ["allow", "hold", "deny"];
const STANDINGS: readonly Standing[] = ["good", "expired", "suspended", "revoked", "unknown", "stale", "none"];
const NOT_FOUND: Route = { page: "not-found" };

/** Reads an address. What it does not know is `not-found`; a filter that it does not know is left out. */
export function routeOf({ pathname, searchParams: query }: URL): Route {
  const parts = partsOf(pathname);
  if (parts === null) return NOT_FOUND;
  const [first = "", second, ...rest] = parts;
  if (rest.length > 0) return NOT_FOUND;
  if (second !== undefined) return innerRoute(first, second, query);
  switch (first) {
    case "":
      return { page: "overview" };
    case "models":
      return {
        page: "models",
        decision: oneOf(OUTCOMES, query.get("decision")),
        standing: oneOf(STANDINGS, query.get("standing")),
        q: query.get("q")?.slice(0, 200) || undefined,
        cursor: query.get("cursor") || undefined,
      };
    case "approvals":
      return { page: "approvals", digest: null };
    case "submit":
    case "sign-in":
      return { page: first };
    case "deployments":
      return { page: "deployments", calls: query.get("calls") || undefined };
    case "log":
      return { page: "log", before: indexOf(query.get("before")) };
    case "settings":
      return { page: "settings", part: "tokens" };
    default:
      return NOT_FOUND;
  }
}

/** The address of a place. */
export function pathOf(route: Route): string {
  switch (route.page) {
    case "overview":
      return "/";
    case "models": {
      const { decision, standing, q, cursor } = route;
      return `/models${queryOf({ decision, standing, q, cursor })}`;
    }
    case "model":
      return `/models/${encodeURIComponent(route.id)}`;
    case "approvals":
      return route.digest === null ? "/approvals" : `/approvals/${encodeURIComponent(route.digest)}`;
    case "deployments":
      return `/deployments${queryOf({ calls: route.calls })}`;
    case "deploy":
      return `/deployments/new${queryOf({ artifact: route.artifact })}`;
    case "log":
      return `/log${queryOf({ before: route.before?.toString() })}`;
    case "entry":
      return `/log/${route.index}`;
    case "settings":
      return `/settings/${route.part}`;
    case "submit":
    case "sign-in":
      return `/${route.page}`;
    case "not-found":
      return "/not-found";
    default:
      return route satisfies never;
  }
}

function innerRoute(first: string, second: string, query: URLSearchParams): Route {
  if (first === "models") return { page: "model", id: second };
  if (first === "approvals") return { page: "approvals", digest: second };
  if (first === "deployments" && second === "new") return { page: "deploy", artifact: query.get("artifact") ?? undefined };
  const index = first === "log" ? indexOf(second) : undefined;
  if (index !== undefined) return { page: "entry", index };
  const part = first === "settings" ? oneOf(SETTINGS, second) : undefined;
  return part === undefined ? NOT_FOUND : { page: "settings", part };
}

/** Null for a path that is not text. */
function partsOf(pathname: string): readonly string[] | null {
  try {
    return pathname
      .split("/")
      .filter((part) => part !== "")
      .map(decodeURIComponent);
  } catch {
    return null;
  }
}

function oneOf<T extends string>(known: readonly T[], given: string | null): T | undefined {
  return known.find((word) => word === given);
}

function indexOf(text: string | null): number | undefined {
  return text !== null && /^(0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : undefined;
}

function queryOf(query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}
