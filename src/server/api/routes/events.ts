import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { LiveEvents } from "../../live-events.ts";
import type { Authorize, ServerEnv } from "../../parts.ts";
import { describeBytes } from "../route.ts";
import { LiveEvent } from "../schema/overview.ts";

const PING_MS = 15_000;

export interface EventParts {
  readonly events: LiveEvents;
  /** Whether who asked is still signed in. */
  readonly isStillSignedIn: (c: Context<ServerEnv>) => boolean;
}

/** What happens, as it happens, for as long as who asks is signed in: `Last-Event-ID` goes on where a connection ended. */
export function eventRoutes(app: OpenAPIHono<ServerEnv>, { events, isStillSignedIn }: EventParts, authorize: Authorize): void {
  describeBytes(app, "/events", { type: "text/event-stream", what: "Events as they happen: each has the form of LiveEvent." });
  app.openAPIRegistry.register("LiveEvent", LiveEvent);
  app.get("/events", (c) => {
    authorize(c.get("principal"), { action: "read" });
    const after = Number(c.req.header("last-event-id") ?? Number.NaN);
    const queue = events.follow(c.get("principal").id, Number.isSafeInteger(after) ? after : null);
    return streamSSE(c, async (stream) => {
      stream.onAbort(() => queue.end());
      await stream.writeSSE({ event: "hello", data: "{}" });
      for (;;) {
        const next = await queue.next(PING_MS);
        if (next === "ended" || stream.aborted || !isStillSignedIn(c)) return queue.end();
        if (next === "quiet") await stream.write(": ping\n\n");
        else await stream.writeSSE({ id: String(next.id), event: next.event.kind, data: JSON.stringify(next.event) });
      }
    });
  });
}
