import { type OpenAPIHono, z } from "@hono/zod-openapi";
import type { ServerEnv } from "../parts.ts";
import { Problem } from "./schema/wire.ts";

/** What every route may answer instead: a problem document (RFC 9457). */
const problem = {
  default: { description: "It was not done: why, and what to do next.", content: { "application/problem+json": { schema: Problem } } },
} as const;

/** Responses of a route that answers with JSON. */
export function answers<T extends z.ZodType>(schema: T, description: string) {
  return { 200: { description, content: { "application/json": { schema } } }, ...problem } as const;
}

/** Responses of a route that makes something. */
export function makes<T extends z.ZodType>(schema: T, description: string) {
  return { 201: { description, content: { "application/json": { schema } } }, ...problem } as const;
}

/** Responses of a route that does something and has nothing to tell. */
export function does(description: string) {
  return { 204: { description }, ...problem } as const;
}

/** The body that a route takes. */
export function takes<T extends z.ZodType>(schema: T) {
  return { body: { required: true, content: { "application/json": { schema } } } } as const;
}

/** Describes a route that answers with bytes of another form than our own JSON: it is added to the application by hand. */
export function describeBytes(app: OpenAPIHono<ServerEnv>, path: string, { type, what }: { readonly type: string; readonly what: string }): void {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path" as const,
    required: true,
    schema: { type: "string" as const },
  }));
  app.openAPIRegistry.registerPath({
    method: "get",
    path,
    parameters,
    responses: { 200: { description: what, content: { [type]: { schema: {} } } }, ...problem },
  });
}

export const ArtifactId = z.object({ id: z.string().min(1).max(200).meta({ description: "A digest, a unique beginning of one, or an alias." }) });
