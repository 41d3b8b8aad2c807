import { writeFileSync } from "node:fs";
import { UsageError } from "../errors.ts";

/** Writes to a file, or to stdout for `-`. Throws UsageError when the file cannot be written. */
export function writeOutput(file: string, content: string | Uint8Array): void {
  if (file === "-") {
    process.stdout.write(content);
    return;
  }
  try {
    writeFileSync(file, content);
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
    throw new UsageError(`${file} cannot be written (${why})`, "Give a file in a folder that exists and that you may write to.");
  }
}

interface Outputs {
  readonly json?: boolean;
  readonly sarif?: string;
  readonly html?: string;
  readonly cyclonedx?: string;
  readonly writeBaseline?: string;
}

/** Throws UsageError when two outputs would be mixed on stdout. */
export function expectOneOnStdout({ json, sarif, html, cyclonedx, writeBaseline }: Outputs): void {
  const files = Object.entries({ "--sarif": sarif, "--html": html, "--cyclonedx": cyclonedx, "--write-baseline": writeBaseline });
  const given = [...(json === true ? ["--json"] : []), ...files.filter(([, file]) => file === "-").map(([option]) => `${option} -`)];
  if (given.length > 1) throw new UsageError(`${given.join(" and ")} would mix on stdout`, "Give all but one a file.");
}

/** A reader that went away (`… | head`) ends the process as it ends other programs, and no stack is printed. */
export function endWithReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(2);
  });
}
