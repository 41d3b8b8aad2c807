import { WeighbridgeError } from "../../errors.ts";

export type UploadErrorCode =
  /** A path that was announced can be no file of an artifact. */
  | "WB_UPLOAD_PATH"
  /** More bytes than an upload, or all uploads of a principal, may have. */
  | "WB_UPLOAD_TOO_LARGE"
  /** The principal has as many uploads, or sends as many files at once, as it may. */
  | "WB_UPLOAD_TOO_MANY"
  /** The disk has no room for what was announced. */
  | "WB_UPLOAD_NO_ROOM"
  /** There is no such upload, or it is somebody else's. */
  | "WB_UPLOAD_NOT_FOUND"
  /** The bytes do not begin where those that came end. */
  | "WB_UPLOAD_OFFSET"
  /** A body has more bytes than its file was announced with. */
  | "WB_UPLOAD_SIZE"
  /** A body came too slowly. */
  | "WB_UPLOAD_SLOW"
  /** A body ended before its end, or another request took its place. */
  | "WB_UPLOAD_CUT"
  /** Files are missing. */
  | "WB_UPLOAD_INCOMPLETE"
  /** The upload was handed over already, and takes no more bytes. */
  | "WB_UPLOAD_CLOSED"
  /** The disk did not take what came. */
  | "WB_UPLOAD_DISK";

/** Files could not be taken in. */
export class UploadError extends WeighbridgeError<UploadErrorCode> {}

/** What the API answers with. */
export const UPLOAD_STATUS = {
  WB_UPLOAD_PATH: 422,
  WB_UPLOAD_TOO_LARGE: 413,
  WB_UPLOAD_TOO_MANY: 429,
  WB_UPLOAD_NO_ROOM: 507,
  WB_UPLOAD_NOT_FOUND: 404,
  WB_UPLOAD_OFFSET: 409,
  WB_UPLOAD_SIZE: 413,
  WB_UPLOAD_SLOW: 408,
  WB_UPLOAD_CUT: 400,
  WB_UPLOAD_INCOMPLETE: 409,
  WB_UPLOAD_CLOSED: 409,
  WB_UPLOAD_DISK: 500,
} as const satisfies Readonly<Record<UploadErrorCode, number>>;
