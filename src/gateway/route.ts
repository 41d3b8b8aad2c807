import type { CallRecord } from "../audit/record.ts";

export type Route = { readonly surface: CallRecord["surface"]; readonly model: string | null };

const MODELS = "/v1/models";

const ROUTES: ReadonlyMap<string, Route> = new Map([
  ["POST /v1/chat/completions", { surface: "chat.completions", model: null }],
  ["POST /v1/embeddings", { surface: "embeddings", model: null }],
  [`GET ${MODELS}`, { surface: "models", model: null }],
]);

/**
 * What a request asks for; null for everything else. Only these very characters are routes: no queries, dot segments, absolute forms or other spellings,
 * as no part of a target is ever handed on to a model server. A name of a model may be percent-encoded, as the official clients do.
 */
export function routeOf(method: string, target: string): Route | null {
  const path = target.endsWith("?") ? target.slice(0, -1) : target;
  const route = ROUTES.get(`${method} ${path}`);
  if (route !== undefined) return route;
  if (method !== "GET" || !path.startsWith(`${MODELS}/`)) return null;
  const model = nameIn(path.slice(MODELS.length + 1));
  return model === null ? null : { surface: "models", model };
}

/** As `deploy` takes names; without segments that mean something in a path. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._/:@-]{0,127}$/;

function nameIn(encoded: string): string | null {
  let name: string;
  try {
    name = decodeURIComponent(encoded);
  } catch {
    return null;
  }
  return NAME.test(name) && !name.split("/").some((segment) => segment === "" || segment === "." || segment === "..") ? name : null;
}
