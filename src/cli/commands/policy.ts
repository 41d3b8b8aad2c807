import type { Command } from "commander";
import { run, withData } from "./options.ts";

/** Policies as code. */
export function policyCommands(root: Command): void {
  const policy = root.command("policy").description("policies as code");
  withData(policy.command("check"))
    .description("validate a folder of policies (default: those that decide)")
    .argument("[folder]")
    .action(run(async (folder, options) => (await import("../policy.ts")).policyCheck(folder, options)));
  withData(policy.command("test"))
    .description("run the cases beside the policies")
    .argument("[folder]")
    .action(run(async (folder, options) => (await import("../policy.ts")).policyTest(folder, options)));
}
