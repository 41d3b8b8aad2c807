import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { SEVERITIES } from "../finding.ts";
import { VERSION } from "../version.ts";
import { failureLine, failureOf } from "./failure.ts";
import type { ScanOptions } from "./scan.ts";

/** Builds the command line. Each command loads its own stage when it runs. */
function program(): Command {
  const root = new Command("weighbridge")
    .description("Lets open-weight models in safely: scan, decide, sign, log.")
    .version(VERSION)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .option("--debug", "print stack traces")
    .on("option:debug", () => {
      process.env.WEIGHBRIDGE_DEBUG = "1";
    })
    .addHelpText("after", "\nExit codes: 0 allowed or pass, 1 denied or block, 2 could not do it, 3 held or review.");

  root
    .command("scan")
    .description("examine files and folders: what would loading this do?")
    .argument("<path...>", "model files or folders, each one artifact")
    .option("--json", "one JSON object a line")
    .option("--sarif <file>", "write SARIF 2.1.0 (- for stdout)")
    .option("--html <file>", "write a self-contained page (- for stdout)")
    .option("--jobs <n>", "threads at most", positiveInteger)
    .addOption(new Option("--fail-on <severity>", "exit 1 when a finding is at least this severe").choices(SEVERITIES))
    .action(async (paths: string[], options: ScanOptions) => {
      const { scan } = await import("./scan.ts");
      process.exitCode = await scan(paths, options);
    });
  return root;
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("give a whole number from 1 on");
  return value;
}

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError && error.exitCode === 0) process.exitCode = 0;
  else {
    process.exitCode = 2;
    const failure =
      error instanceof CommanderError
        ? { code: "WB_USAGE", message: error.message.replace(/^error: /, ""), hint: "See weighbridge --help" }
        : failureOf(error);
    process.stderr.write(failureLine(failure));
    if (process.env.WEIGHBRIDGE_DEBUG) console.error(error);
  }
}
