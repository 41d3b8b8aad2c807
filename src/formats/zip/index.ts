export { childrenOfMember, childrenOfZip } from "./children.ts";
export { startsAsZip, zipDetector } from "./detect.ts";
export type * from "./facts.ts";
export { namesInZip } from "./listing.ts";
export { parseZip } from "./parse.ts";
export { readMember } from "./read-member.ts";
