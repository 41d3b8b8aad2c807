export { type AuditLog, type AuditOptions, type AuditPage, openAuditLog, type RecentQuery } from "./audit-log.ts";
export { AuditError, type AuditErrorCode, type Break } from "./errors.ts";
export type { AuditEntry, AuditHead } from "./line.ts";
export type { ActRecord, AuditRecord, CallRecord } from "./record.ts";
export { type AuditVerification, verifyAuditLog } from "./verify.ts";
