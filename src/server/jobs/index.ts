export { JOB_STATUS, JobError, type JobErrorCode } from "./errors.ts";
export { Jobs, type JobsOptions, type JobsParts } from "./jobs.ts";
export { jobRoutes } from "./routes.ts";
