/**
 * URL of a worker's entry file beside the caller: `.ts` when run from source, `.js` when run from the published package
 * (the compiler rewrites import specifiers, not the text of URLs).
 */
export function workerEntry(caller: string, name: string): URL {
  return new URL(`./${name}${caller.slice(caller.lastIndexOf("."))}`, caller);
}
