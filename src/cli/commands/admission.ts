import { type Command, Option } from "commander";
import { UsageError } from "../../errors.ts";
import { SEVERITIES } from "../../finding.ts";
import type { ExitCode } from "../exit.ts";
import type { ScanOptions } from "../scan-options.ts";
import { MAX_DAYS, run, wholeNumberUpTo, withData, withListening, withServer } from "./options.ts";

/** From files to a decision, and back from a ticket to files. */
export function admissionCommands(root: Command): void {
  withListening(withData(root.command("start").description("make an installation, admit two bundled example models, and serve it"))).action(
    run(async (options) => (await import("../start.ts")).start(options)),
  );
  withServer(root.command("admit"))
    .description("examine, decide, sign and log; prints the decision and why")
    .argument("<source...>", "model folders or files, each one artifact")
    .option("--expect <digest>", "refuse other bytes than these: sha256:…")
    .option("--json", "one JSON object a line")
    .option("--html <file>", "write a self-contained page (- for stdout)")
    .action(run(async (sources, options) => (await import("../admit.ts")).admitCommand(sources, options)));
  root
    .command("scan")
    .description("examine files and folders: what would loading this do?")
    .argument("[path...]", "model files or folders, each one artifact")
    .option("--json", "print JSON: one object for each path, on a line of its own")
    .option("-q, --quiet", "print only what does not end with 0")
    .option("--sarif <file>", "write SARIF 2.1.0 (- for stdout)")
    .option("--html <file>", "write a self-contained page (- for stdout)")
    .option("--cyclonedx <file>", "write a CycloneDX 1.6 bill of materials (- for stdout)")
    .option("--jobs <n>", "threads at most (default: one for each processor)", wholeNumberUpTo(1024))
    .addOption(new Option("--fail-on <severity>", "exit 1 from this severity on; high and critical always do").choices(SEVERITIES))
    .option("--baseline <file>", "findings that were looked at and accepted; changes the exit code, never the verdict")
    .option("--write-baseline <file>", "write a new baseline of what was found, for a person to complete")
    .option("--no-cache", "examine again what was examined before")
    .option("--explain [rule]", "print what a rule means (without one: all rules), and examine nothing")
    .addHelpText("after", "\nExit codes: 0 pass, 1 block, 2 could not do it, 3 review: a person has to look.")
    .action(run(scanOrExplain));
  withServer(root.command("verify"))
    .description("do these bytes hold a valid ticket? Works offline with ticket, trust and status file")
    .argument("<path>", "model folder or file")
    .option("--ticket <file>", "the ticket; without it the registry's")
    .option("--trust <file>", "whom to believe; without it this installation")
    .option("--status <file>", "signed standing of all tickets, from registry export")
    .option("--fresh-within <days>", "older status files are stale (default 7)", wholeNumberUpTo(MAX_DAYS))
    .option("--json", "one JSON object")
    .action(run(async (path, options) => (await import("../verify.ts")).verifyCommand(path, options)));
}

async function scanOrExplain(
  paths: readonly string[],
  { explain, ...options }: ScanOptions & { readonly explain?: string | true },
): Promise<ExitCode> {
  if (explain !== undefined) return (await import("../explain.ts")).explain(explain);
  if (paths.length === 0) throw new UsageError("missing required argument 'path'", "Give a model file or folder. See weighbridge scan --help");
  return (await import("../scan.ts")).scan(paths, options);
}
