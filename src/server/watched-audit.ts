import type { AuditLog } from "../audit/index.ts";
import type { Metrics } from "./telemetry/index.ts";

/** The same audit log, with what is written counted. */
export function watchedAudit(audit: AuditLog, metrics: Pick<Metrics, "watchedAudit">): AuditLog {
  return {
    append: metrics.watchedAudit((record) => audit.append(record)),
    head: () => audit.head(),
    recent: (query) => audit.recent(query),
    since: (seq, limit) => audit.since(seq, limit),
    subscribe: (listener) => audit.subscribe(listener),
    close: () => audit.close(),
  };
}
