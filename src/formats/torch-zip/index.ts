export { heldBytes } from "./children.ts";
export type * from "./facts.ts";
