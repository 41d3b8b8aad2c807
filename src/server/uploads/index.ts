export { UPLOAD_STATUS, UploadError, type UploadErrorCode } from "./errors.ts";
export { DEFAULT_UPLOAD_LIMITS, type UploadLimits } from "./limits.ts";
export { uploadRoutes } from "./routes.ts";
export type { Upload } from "./upload.ts";
export { Uploads, type UploadsParts } from "./uploads.ts";
