import { existsSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { UsageError } from "../errors.ts";
import { expectReplaceable, isStream, type OutputKind, unwritable } from "./replaceable.ts";

/** Writes to a file, or to stdout for `-`. Throws UsageError when the file cannot be written. */
export function writeOutput(file: string, content: string | Uint8Array): void {
  if (file === "-") {
    process.stdout.write(content);
    return;
  }
  try {
    writeFileSync(file, content);
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

interface Outputs {
  readonly json?: boolean;
  readonly sarif?: string;
  readonly html?: string;
  readonly cyclonedx?: string;
  readonly writeBaseline?: string;
}

/**
 * Throws UsageError, before anything is examined, when outputs would destroy something or could not be written: two would be mixed on stdout or in one
 * file, one lies in what is to be examined, or in no folder, or would take the place of what no earlier run wrote.
 */
export function expectOutputs(sources: readonly string[], { json, sarif, html, cyclonedx, writeBaseline }: Outputs): void {
  const all = { "--sarif": sarif, "--html": html, "--cyclonedx": cyclonedx, "--write-baseline": writeBaseline };
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const onStdout = [...(json === true ? ["--json"] : []), ...given.filter(([, file]) => file === "-").map(([option]) => `${option} -`)];
  if (onStdout.length > 1) throw new UsageError(`${onStdout.join(" and ")} would mix on stdout`, "Give all but one a file.");
  const examined = sources.map(placeOf);
  const taken = new Map<string, string>();
  for (const [option, file] of given) {
    if (file === "-" || isStream(file)) continue;
    if (!existsSync(dirname(file))) throw unwritable(file, "ENOENT");
    const place = placeOf(file);
    if (examined.includes(place)) throw new UsageError(`${option} ${file} would overwrite what is to be examined`, "Give another file.");
    if (examined.some((source) => place.startsWith(source.endsWith(sep) ? source : source + sep)))
      throw new UsageError(
        `${option} ${file} lies in what is to be examined, and would be part of it from then on`,
        "Give a file outside of that folder.",
      );
    const holder = taken.get(place);
    if (holder !== undefined) throw new UsageError(`${option} ${file} would overwrite what ${holder} writes`, "Give another file.");
    taken.set(place, option);
  }
  for (const [kind, file] of Object.entries({ sarif, html, cyclonedx }) as [OutputKind, string | undefined][])
    if (file !== undefined) expectReplaceable(file, kind);
  if (writeBaseline !== undefined && writeBaseline !== "-" && (statSync(writeBaseline, { throwIfNoEntry: false })?.size ?? 0) > 0)
    throw new UsageError(
      `${writeBaseline} exists, and what people wrote in it would be lost`,
      "Give --write-baseline another file; --baseline with the one that you have carries over what was said.",
    );
}

/** The same text for one file under two names, also for one that is yet to be made. */
function placeOf(path: string): string {
  const whole = resolve(path);
  if (existsSync(whole)) return realpathSync(whole);
  return existsSync(dirname(whole)) ? join(realpathSync(dirname(whole)), basename(whole)) : whole;
}

/** A reader that went away (`… | head`) ends the process as it ends other programs, and no stack is printed. */
export function endWithReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(2);
  });
}
