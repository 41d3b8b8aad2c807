export { type Asked, asked, askedOf } from "./asked.ts";
export { type BodyBounds, boundedBody } from "./bounded-body.ts";
export { RequestError, type RequestErrorCode } from "./errors.ts";
export { Exposure, type ExposureOptions } from "./exposure.ts";
export { requireOwnOrigin } from "./own-origin.ts";
export { notFound, type ProblemDocument, problemHandler, problemOf } from "./problem.ts";
export { requestId } from "./request-id.ts";
export { CONTENT_SECURITY_POLICY, securityHeaders } from "./security-headers.ts";
export { requireValid } from "./valid-request.ts";
