import { Command } from "commander";
import { VERSION } from "../version.ts";
import { admissionCommands } from "./commands/admission.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { logCommands } from "./commands/log.ts";
import { policyCommands } from "./commands/policy.ts";
import { registryCommands } from "./commands/registry.ts";
import { serverCommands } from "./commands/server.ts";
import { examplesOf } from "./help-examples.ts";

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
  doctorCommand(root);
  root.command("version", { hidden: true }).action(() => void process.stdout.write(`${VERSION}\n`));
  showExamples(root, "");
  return root;
}

function showExamples(command: Command, path: string): void {
  command.addHelpText("after", () => examplesOf(path));
  for (const next of command.commands) showExamples(next, `${path} ${next.name()}`.trim());
}
