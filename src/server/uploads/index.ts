export { uploadRoutes } from "./routes.ts";
export type { Upload } from "./upload.ts";
export { Uploads } from "./uploads.ts";
