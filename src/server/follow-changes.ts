import type { AuditLog } from "../audit/index.ts";
import type { RegistryReader } from "../registry/index.ts";
import type { Jobs } from "./jobs/index.ts";
import type { LiveEvents } from "./live-events.ts";

const LOOK_EVERY_MS = 250;

interface Followed {
  readonly registry: Pick<RegistryReader, "version" | "checkpoint">;
  readonly audit: Pick<AuditLog, "subscribe">;
  readonly jobs: Pick<Jobs, "subscribe">;
}

/** Tells live what changes: the log, whichever process added to it; calls; jobs. `close` ends that. */
export function followChanges({ registry, audit, jobs }: Followed, events: LiveEvents): { close(): void } {
  let seen = registry.version();
  const look = async () => {
    const version = registry.version();
    if (version === seen) return;
    seen = version;
    events.tell({ kind: "log", size: (await registry.checkpoint()).size });
  };
  const timer = setInterval(() => void look().catch(() => {}), LOOK_EVERY_MS).unref(); // what cannot be read is told of by whoever asks for it
  const ends = [
    audit.subscribe((entry) => (entry.kind === "call" ? events.tell({ kind: "call", seq: entry.seq }) : undefined)),
    jobs.subscribe((id) => events.tell({ kind: "job", id })),
  ];
  return {
    close() {
      clearInterval(timer);
      for (const end of ends) end();
    },
  };
}
