export type * from "./facts.ts";
export { parseTorchTar } from "./parse.ts";
