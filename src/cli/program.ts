import { Command, InvalidArgumentError, Option } from "commander";
import { DATA_CLASSES, ROLES, SCOPES } from "../access/principal.ts";
import { UsageError } from "../errors.ts";
import { SEVERITIES } from "../finding.ts";
import { VERSION } from "../version.ts";
import type { ExitCode } from "./exit.ts";
import { examplesOf } from "./help-examples.ts";
import type { ScanOptions } from "./scan-options.ts";

/** Builds the command line. Each command loads its own stages when it runs. */
export function program(): Command {
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
  serverCommands(root);
  policyCommands(root);
  root.command("version", { hidden: true }).action(() => void process.stdout.write(`${VERSION}\n`));
  showExamples(root, "");
  return root;
}

function showExamples(command: Command, path: string): void {
  command.addHelpText("after", () => examplesOf(path));
  for (const next of command.commands) showExamples(next, `${path} ${next.name()}`.trim());
}

function admissionCommands(root: Command): void {
  withListening(withData(root.command("start").description("make an installation, admit two bundled example models, and serve it"))).action(
    run(async (options) => (await import("./start.ts")).start(options)),
  );
  withServer(root.command("admit"))
    .description("examine, decide, sign and log; prints the decision and why")
    .argument("<source...>", "model folders or files, each one artifact")
    .option("--expect <digest>", "refuse other bytes than these: sha256:…")
    .option("--json", "one JSON object a line")
    .option("--html <file>", "write a self-contained page (- for stdout)")
    .action(run(async (sources, options) => (await import("./admit.ts")).admitCommand(sources, options)));
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
    .action(run(async (path, options) => (await import("./verify.ts")).verifyCommand(path, options)));
}

async function scanOrExplain(
  paths: readonly string[],
  { explain, ...options }: ScanOptions & { readonly explain?: string | true },
): Promise<ExitCode> {
  if (explain !== undefined) return (await import("./explain.ts")).explain(explain);
  if (paths.length === 0) throw new UsageError("missing required argument 'path'", "Give a model file or folder. See weighbridge scan --help");
  return (await import("./scan.ts")).scan(paths, options);
}

function registryCommands(root: Command): void {
  const registry = root.command("registry").description("what was decided, and what counts now");
  const load = () => import("./registry.ts");
  const acts = () => import("./registry-acts.ts");
  withServer(registry.command("list").description("every model with decision and standing").option("--json", "one JSON object a line")).action(
    run(async (options) => (await load()).registryList(options)),
  );
  withServer(
    registry
      .command("show")
      .description("all that is known of one model")
      .argument("<id>", "digest, beginning of one, or alias")
      .option("--json", "one JSON object"),
  ).action(run(async (id, options) => (await load()).registryShow(id, options)));
  withServer(registry.command("approve").description("waive what a model on hold waits for, and decide again"))
    .argument("<id>", "digest, beginning of one, or alias")
    .requiredOption("--reason <text>", "why it is safe (required)")
    .option("--policy <id...>", "only these policies")
    .option("--days <n>", "how long the approval lasts", wholeNumberUpTo(MAX_DAYS), 90)
    .action(run(async (id, options) => (await acts()).registryApprove(id, options)));
  withServer(registry.command("revoke").description("take a model's standing: its tickets no longer count"))
    .argument("<id>", "digest, beginning of one, or alias")
    .requiredOption("--reason <text>", "why (required)")
    .action(run(async (id, options) => (await acts()).registryRevoke(id, options)));
  withServer(registry.command("reinstate").description("give back the standing that was taken: its tickets count again"))
    .argument("<id>", "digest, beginning of one, or alias")
    .requiredOption("--reason <text>", "why (required)")
    .action(run(async (id, options) => (await acts()).registryReinstate(id, options)));
  withServer(
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

function serverCommands(root: Command): void {
  withListening(withData(root.command("serve").description("run console, API and gateway"))).action(
    run(async (options) => (await import("./serve.ts")).serve(options)),
  );
  withListening(withData(root.command("sign-in").description("make another link to sign in to the console"))).action(
    run(async (options) => (await import("./sign-in.ts")).signIn(options)),
  );
  withData(root.command("deploy").description("bind a model server to a ticket, so that the gateway serves it"))
    .argument("[ticket]", "the model: its files, a digest, the beginning of one, an alias, or the leaf hash of a ticket")
    .option("--upstream <url>", "where the model server answers: http://127.0.0.1:8080")
    .option("--name <name>", "what clients ask for as model")
    .option("--model <name>", "what the model server calls it, where that is another name")
    .option("--engine <name>", "which engine serves it: llama.cpp, vllm, ollama …")
    .option("--engine-version <version>", "and in which version")
    .option("--list", "what is deployed")
    .option("--withdraw <name>", "end a deployment")
    .option("--reason <text>", "why it ends")
    .option("--json", "one JSON object a line")
    .action(run(async (id, options) => (await import("./deploy.ts")).deployCommand(id, options)));
  tokenCommands(root);
}

function tokenCommands(root: Command): void {
  const token = root.command("token").description("tokens for the gateway and the API");
  const load = () => import("./token.ts");
  withData(token.command("create").description("make a token; its secret is printed once"))
    .requiredOption("--name <text>", "what it is for (required)")
    .addOption(new Option("--scope <scope...>", "what it is for: infer, the gateway; api, the API").choices(SCOPES).default(["infer"]))
    .addOption(new Option("--role <role...>", "what it may do with the API; needed there").choices(ROLES))
    .option("--team <name>", "whose calls they are")
    .option("--deployment <name...>", "only these deployments (default: all)")
    .addOption(
      new Option("--data-class <class>", "the most confidential data that it may send; calls name theirs in x-weighbridge-data-class")
        .choices(DATA_CLASSES)
        .default("internal"),
    )
    .option("--requests-per-minute <n>", "at most", wholeNumberUpTo(1_000_000))
    .option("--tokens-per-day <n>", "tokens of models, at most", wholeNumberUpTo(1_000_000_000_000))
    .option("--days <n>", "how long it lasts", wholeNumberUpTo(366), 30)
    .option("--json", "one JSON object")
    .action(run(async (options) => (await load()).tokenCreate(options)));
  withData(token.command("list").description("every token, without secrets").option("--json", "one JSON object a line")).action(
    run(async (options) => (await load()).tokenList(options)),
  );
  withData(token.command("revoke").description("end a token").argument("<id>", "as token list tells it, or the secret")).action(
    run(async (id, options) => (await load()).tokenRevoke(id, options)),
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
  withData(root.command("doctor").description("what is configured, reachable, trusted, missing"))
    .option("--config <file>", "configuration (default: DATA/config.yaml)")
    .action(run(async (options) => (await import("./doctor.ts")).doctor(options)));
}

function withData(command: Command): Command {
  return command.option("--data <dir>", "data directory (or WEIGHBRIDGE_DATA)");
}

function withServer(command: Command): Command {
  return withData(command)
    .option("--server <url>", "ask this installation instead: its keys certify, not this machine's")
    .option("--token-file <file>", "with the token for the server (or WEIGHBRIDGE_TOKEN)");
}

function withListening(command: Command): Command {
  return command
    .option("--config <file>", "configuration (default: DATA/config.yaml)")
    .option("--host <address>", "where console and API listen (default 127.0.0.1)")
    .option("--port <n>", "their port (default 8787; 0: one that is free)")
    .option("--gateway-host <address>", "where the gateway listens (default 127.0.0.1)")
    .option("--gateway-port <n>", "its port (default 8788; 0: one that is free)")
    .option("--public-url <url>", "what people type to reach the console")
    .option("--log-level <level>", "what goes to stderr: trace, debug, info, warn, error, fatal, silent");
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
