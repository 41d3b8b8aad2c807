export { type Admission, type AdmissionReason, admissionJson, type EvidenceReference, parseAdmission } from "./admission.ts";
export {
  type Envelope,
  envelopeIn,
  envelopeText,
  parseEnvelope,
  preAuthenticationEncoding,
  signEnvelope,
  type VerifiedEnvelope,
  verifyEnvelope,
} from "./dsse.ts";
export { privateKeyOf, type SigningKey, signingKey, type VerifyingKey, verifyingKey } from "./ed25519.ts";
export { EvidenceError, type EvidenceErrorCode } from "./errors.ts";
export { examinationStatement } from "./examination.ts";
export { PREDICATE } from "./predicate-types.ts";
export { parseStatement, STATEMENT_PAYLOAD, type Statement, statementBytes } from "./statement.ts";
