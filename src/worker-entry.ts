import module from "node:module";
import { dirname } from "node:path";

/**
 * URL of a worker's entry file beside the caller: `.ts` when run from source, `.js` when run from the published package
 * (the compiler rewrites import specifiers, not the text of URLs).
 */
export function workerEntry(caller: string, name: string): URL {
  return new URL(`./${name}${caller.slice(caller.lastIndexOf("."))}`, caller);
}

/**
 * The whole environment of a thread: nothing of the process's own, only where compiled code is kept, if it is. A thread does not inherit the compile
 * cache, and compiling takes longer than most files.
 */
export function threadEnvironment(): NodeJS.ProcessEnv {
  const cache = module.getCompileCacheDir();
  return cache === undefined ? {} : { NODE_COMPILE_CACHE: dirname(cache) };
}
