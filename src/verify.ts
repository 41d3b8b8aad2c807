/**
 * Verifies tickets of any Weighbridge installation offline, with node:crypto and nothing else: no file is read, no address asked.
 *
 *   const trust = parseTrust(await readFile("trust.json"));
 *   const answer = verifyTicket(await readFile("ticket.json"), trust.value, "sha256:…");
 */
export type { Admission, AdmissionReason, EvidenceReference } from "./evidence/admission.ts";
export type { Read } from "./evidence/fields.ts";
export { fingerprintOf, parseTrust, type TicketKey, type Trust } from "./evidence/trust.ts";
export { exitCodeOf, type Standing, type StandingAt } from "./registry/standing.ts";
export { DEFAULT_FRESH_WITHIN_MS, standingByStatus, type VerifiedStatus, verifyStatus } from "./registry/status.ts";
export { type Authenticity, type NotAuthentic, type TicketFacts, verifyTicket } from "./registry/verify-ticket.ts";
