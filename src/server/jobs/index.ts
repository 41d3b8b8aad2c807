export { Jobs } from "./jobs.ts";
export { jobRoutes } from "./routes.ts";
