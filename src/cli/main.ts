import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { UsageError } from "../errors.ts";
import { SEVERITIES } from "../finding.ts";
import { VERSION } from "../version.ts";
import type { ExitCode } from "./exit.ts";
import { failureLine, failureOf } from "./failure.ts";
import { endWithReader } from "./output.ts";
import type { ScanOptions } from "./scan.ts";

/** Builds the command line. Each command loads its own stages when it runs. */
function program(): Command {
  const root = new Command("weighbridge")
    .description("Lets open-weight models in safely: scan, decide, sign, log.")
    .version(VERSION)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .option("--debug", "print stack traces")
    .on("option:debug", () => {
      process.env.WEIGHBRIDGE_DEBUG = "1";
    })
    .addHelpText("after", "\nExit codes: 0 allowed or pass, 1 denied or block, 2 could not do it, 3 held, review, or standing unknown.");
  admissionCommands(root);
  registryCommands(root);
  logCommands(root);
  policyCommands(root);
  return root;
}

function admissionCommands(root: Command): void {
  withData(root.command("start").description("make an installation and admit two bundled example models")).action(
    run(async (options) => (await import("./start.ts")).start(options)),
  );
  withData(root.command("admit"))
    .description("examine, decide, sign and log; prints the decision and why")
    .argument("<source...>", "model folders or files, each one artifact")
    .option("--expect <digest>", "refuse other bytes than these: sha256:…")
    .option("--json", "one JSON object a line")
    .option("--html <file>", "write a self-contained page (- for stdout)")
    .action(run(async (sources, options) => (await import("./admit.ts")).admitCommand(sources, options)));
  withData(root.command("scan"))
    .description("examine files and folders: what would loading this do?")
    .argument("[path...]", "model files or folders, each one artifact")
    .option("--json", "print JSON: one object for each path, on a line of its own")
    .option("--sarif <file>", "write SARIF 2.1.0 (- for stdout)")
    .option("--html <file>", "write a self-contained page (- for stdout)")
    .option("--cyclonedx <file>", "write a CycloneDX 1.6 bill of materials (- for stdout)")
    .option("--jobs <n>", "threads at most (default: one for each processor)", wholeNumberUpTo(1024))
    .addOption(new Option("--fail-on <severity>", "exit 1 from this severity on; high and critical always do").choices(SEVERITIES))
    .option("--baseline <file>", "findings that were looked at and accepted; changes the exit code, never the verdict")
    .option("--write-baseline <file>", "write a new baseline of what was found, for a person to complete")
    .option("--no-cache", "examine again what was examined before")
    .option("--explain <rule>", "print what a rule means, and examine nothing")
    .addHelpText("after", "\nExit codes: 0 pass, 1 block, 2 could not do it, 3 review: a person has to look.")
    .action(run(scanOrExplain));
  withData(root.command("verify"))
    .description("do these bytes hold a valid ticket? Works offline with ticket, trust and status file")
    .argument("<path>", "model folder or file")
    .option("--ticket <file>", "the ticket; without it the registry's")
    .option("--trust <file>", "whom to believe; without it this installation")
    .option("--status <file>", "signed standing of all tickets, from registry export")
    .option("--fresh-within <days>", "older status files are stale (default 7)", wholeNumberUpTo(MAX_DAYS))
    .option("--json", "one JSON object")
    .action(run(async (path, options) => (await import("./verify.ts")).verifyCommand(path, options)));
}

async function scanOrExplain(paths: readonly string[], { explain, ...options }: ScanOptions & { readonly explain?: string }): Promise<ExitCode> {
  if (explain !== undefined) return (await import("./explain.ts")).explainRule(explain);
  if (paths.length === 0) throw new UsageError("missing required argument 'path'", "Give a model file or folder. See weighbridge scan --help");
  return (await import("./scan.ts")).scan(paths, options);
}

function registryCommands(root: Command): void {
  const registry = root.command("registry").description("what was decided, and what counts now");
  const load = () => import("./registry.ts");
  const acts = () => import("./registry-acts.ts");
  withData(registry.command("list").description("every model with decision and standing").option("--json", "one JSON object a line")).action(
    run(async (options) => (await load()).registryList(options)),
  );
  withData(
    registry
      .command("show")
      .description("all that is known of one model")
      .argument("<id>", "digest, beginning of one, or alias")
      .option("--json", "one JSON object"),
  ).action(run(async (id, options) => (await load()).registryShow(id, options)));
  withData(registry.command("approve").description("waive what a model on hold waits for, and decide again"))
    .argument("<id>", "digest, beginning of one, or alias")
    .requiredOption("--reason <text>", "why it is safe (required)")
    .option("--policy <id...>", "only these policies")
    .option("--days <n>", "how long the approval lasts", wholeNumberUpTo(MAX_DAYS), 90)
    .action(run(async (id, options) => (await acts()).registryApprove(id, options)));
  withData(registry.command("revoke").description("take a model's standing: its tickets no longer count"))
    .argument("<id>", "digest, beginning of one, or alias")
    .requiredOption("--reason <text>", "why (required)")
    .action(run(async (id, options) => (await acts()).registryRevoke(id, options)));
  withData(registry.command("reinstate").description("give back the standing that was taken: its tickets count again"))
    .argument("<id>", "digest, beginning of one, or alias")
    .requiredOption("--reason <text>", "why (required)")
    .action(run(async (id, options) => (await acts()).registryReinstate(id, options)));
  withData(
    registry
      .command("alias")
      .description("give a model a name")
      .argument("<id>", "digest, beginning of one, or alias")
      .argument("<name>", "letters, digits and . _ - / : @"),
  ).action(run(async (id, name, options) => (await acts()).registryAlias(id, name, options)));
  withData(
    registry
      .command("export")
      .description("write the signed standing of all tickets")
      .requiredOption("--status <file>", "where to (- for stdout; required)"),
  ).action(run(async (options) => (await load()).registryExport(options)));
}

function logCommands(root: Command): void {
  const log = root.command("log").description("the transparency log");
  const load = () => import("./log.ts");
  withData(log.command("verify").description("verify every entry against the signed checkpoint")).action(
    run(async (options) => (await load()).logVerify(options)),
  );
  withData(log.command("rebuild").description("make the registry's tables anew from the log")).action(
    run(async (options) => (await load()).logRebuild(options)),
  );
  withData(log.command("checkpoint").description("print the latest signed checkpoint")).action(
    run(async (options) => (await load()).logCheckpoint(options)),
  );
  const trust = root.command("trust").description("whom others have to believe");
  withData(trust.command("export").description("write the trust file").argument("[file]", "where to (- for stdout)", "trust.json")).action(
    run(async (file, options) => (await import("./trust.ts")).trustExport(file, options)),
  );
  withData(trust.command("rotate").description("make a new ticket key, signed in by the old one")).action(
    run(async (options) => (await import("./trust.ts")).trustRotate(options)),
  );
  withData(trust.command("show").description("print keys and fingerprint")).action(
    run(async (options) => (await import("./trust.ts")).trustShow(options)),
  );
}

function policyCommands(root: Command): void {
  const policy = root.command("policy").description("policies as code");
  withData(policy.command("check"))
    .description("validate a folder of policies (default: those that decide)")
    .argument("[folder]")
    .action(run(async (folder, options) => (await import("./policy.ts")).policyCheck(folder, options)));
  withData(policy.command("test"))
    .description("run the cases beside the policies")
    .argument("[folder]")
    .action(run(async (folder, options) => (await import("./policy.ts")).policyTest(folder, options)));
  withData(root.command("doctor").description("what is configured, trusted, missing")).action(
    run(async (options) => (await import("./doctor.ts")).doctor(options)),
  );
}

function withData(command: Command): Command {
  return command.option("--data <dir>", "data directory (or WEIGHBRIDGE_DATA)");
}

/** Commander hands arguments over as text and options as an object, in the order in which the command declares them. */
// biome-ignore lint/suspicious/noExplicitAny: commander's own type of an action; each command declares what its arguments are
function run(command: (...args: any[]) => Promise<ExitCode>) {
  return async (...args: unknown[]) => {
    process.exitCode = await command(...args);
  };
}

/** A hundred years: a date beyond is a slip of the finger, and dates have an end. */
const MAX_DAYS = 36_500;

function wholeNumberUpTo(max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 1 || value > max) throw new InvalidArgumentError(`Give a whole number from 1 to ${max}`);
    return value;
  };
}

/** What was asked for, as far as the words name commands: whose help to read. */
function helpOf(root: Command, words: readonly string[]): string {
  const [first = "", ...rest] = words;
  const next = root.commands.find((command) => command.name() === first);
  return next === undefined ? `${root.name()} --help` : `${root.name()} ${helpOf(next, rest)}`;
}

endWithReader();
const root = program();
try {
  await root.parseAsync();
} catch (error) {
  if (error instanceof CommanderError && error.exitCode === 0) process.exitCode = 0;
  else if (error instanceof CommanderError && error.code === "commander.help")
    process.exitCode = 2; // no command was given: its help is on stderr
  else {
    process.exitCode = 2;
    const failure =
      error instanceof CommanderError
        ? { code: "WB_USAGE", message: error.message.replace(/^error: |\.+$/g, ""), hint: `See ${helpOf(root, process.argv.slice(2))}` }
        : failureOf(error);
    process.stderr.write(failureLine(failure));
    if (process.env.WEIGHBRIDGE_DEBUG) console.error(error);
  }
}
