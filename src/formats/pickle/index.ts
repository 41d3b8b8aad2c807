export type * from "./facts.ts";
export { findPickles } from "./find.ts";
export { looksLikePickle } from "./looks-like.ts";
export { parseFirstStreams, parsePickle } from "./parse.ts";
