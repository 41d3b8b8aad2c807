import { Counter, Gauge, type Registry } from "prom-client";
import type { AuditRecord } from "../../../audit/record.ts";

export type Append = (record: AuditRecord) => Promise<void>;

/** Yields what watches the writing of the audit log: it does the same, and counts what waits and what failed. */
export function auditMetrics(registry: Registry): (append: Append) => Append {
  const registers = [registry];
  const queue = new Gauge({ name: "weighbridge_audit_queue_records", help: "Records that wait to be written.", registers });
  const written = new Counter({ name: "weighbridge_audit_records_total", help: "Records that were written.", labelNames: ["kind"], registers });
  const errors = new Counter({
    name: "weighbridge_audit_write_errors_total",
    help: "Records that could not be written. What was to be recorded was not answered.",
    registers,
  });
  return (append) => async (record) => {
    queue.inc();
    try {
      await append(record);
      written.inc({ kind: record.kind });
    } catch (error) {
      errors.inc();
      throw error;
    } finally {
      queue.dec();
    }
  };
}
