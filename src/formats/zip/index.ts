export { childrenOfMember, childrenOfZip } from "./children.ts";
export type * from "./facts.ts";
export { parseZip } from "./parse.ts";
export { readMember } from "./read-member.ts";
