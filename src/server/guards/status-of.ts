import type { AccessErrorCode } from "../../access/errors.ts";
import type { AdmissionErrorCode } from "../../admission/errors.ts";
import type { AuditErrorCode } from "../../audit/errors.ts";
import type { GatewayErrorCode } from "../../gateway/errors.ts";
import type { LogErrorCode } from "../../log/errors.ts";
import type { RegistryErrorCode } from "../../registry/index.ts";
import type { SignInErrorCode } from "../auth/errors.ts";
import type { ServerErrorCode } from "../errors.ts";
import { JOB_STATUS, type JobErrorCode } from "../jobs/errors.ts";
import { UPLOAD_STATUS, type UploadErrorCode } from "../uploads/errors.ts";
import type { RequestErrorCode } from "./errors.ts";

type Code =
  | AccessErrorCode
  | AdmissionErrorCode
  | AuditErrorCode
  | GatewayErrorCode
  | JobErrorCode
  | LogErrorCode
  | RegistryErrorCode
  | RequestErrorCode
  | ServerErrorCode
  | SignInErrorCode
  | UploadErrorCode;

/** The status of each error that a client can do something about or wait for. Of any other it is told nothing but that there was one (500). */
const STATUS = {
  WB_REQUEST_FORM: 400,
  WB_REQUEST_HOST: 421,
  WB_REQUEST_ORIGIN: 403,
  WB_REQUEST_MEDIA_TYPE: 415,
  WB_REQUEST_INVALID: 400,
  WB_REQUEST_TOO_LARGE: 413,
  WB_REQUEST_SLOW: 408,
  WB_REQUEST_TOO_MANY: 429,
  WB_SIGN_IN_NEEDED: 401,
  WB_SIGN_IN_TOKEN: 401,
  WB_SIGN_IN_SCOPE: 403,
  WB_SIGN_IN_LINK: 401,
  WB_SIGN_IN_LIMITED: 429,
  WB_SIGN_IN_NO_PROVIDER: 404,
  WB_SIGN_IN_FLOW: 400,
  WB_SIGN_IN_DECLINED: 403,
  WB_SIGN_IN_PROVIDER: 502,
  WB_ACCESS_DENIED: 403,
  WB_ACCESS_ESCALATION: 403,
  WB_ACCESS_NO_PERSON: 400,
  WB_ACCESS_NO_TOKEN: 404,
  WB_ADMISSION_UNEXPECTED: 409,
  WB_ADMISSION_NO_EVIDENCE: 409,
  WB_ADMISSION_NOT_ON_HOLD: 409,
  WB_ADMISSION_NOT_WAITING: 409,
  WB_ADMISSION_STANDING_TAKEN: 409,
  WB_REGISTRY_NOT_FOUND: 404,
  WB_REGISTRY_AMBIGUOUS: 409,
  WB_REGISTRY_NOT_ON_HOLD: 409,
  WB_REGISTRY_WRONG_ROLE: 403,
  WB_REGISTRY_NO_REASON: 400,
  WB_REGISTRY_NO_STANDING: 409,
  WB_REGISTRY_BAD_TIME: 400,
  WB_REGISTRY_BAD_ALIAS: 400,
  WB_REGISTRY_BAD_NAME: 400,
  WB_REGISTRY_ENTRY_TOO_LARGE: 400,
  WB_REGISTRY_ENTRY_REFUSED: 409,
  WB_GATEWAY_UPSTREAM_REFUSED: 400,
  WB_GATEWAY_NOT_LOADED: 503,
  WB_SERVER_NOT_FOUND: 404,
  WB_LOG_BUSY: 503,
  WB_LOG_CLOSED: 503,
  WB_AUDIT_BROKEN: 503,
  WB_AUDIT_BUSY: 503,
  WB_AUDIT_WRITE: 503,
  WB_AUDIT_CLOSED: 503,
  ...JOB_STATUS,
  ...UPLOAD_STATUS,
} as const satisfies Partial<Record<Code, number>>;

export type ProblemStatus = (typeof STATUS)[keyof typeof STATUS] | 500;

export function statusOf(code: string): ProblemStatus {
  return Object.hasOwn(STATUS, code) ? STATUS[code as keyof typeof STATUS] : 500; // it has this member
}
