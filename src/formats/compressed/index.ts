export { STREAM_CODECS } from "./facts.ts";
export { compressedFormat } from "./parse.ts";
