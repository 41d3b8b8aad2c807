import type { Command } from "commander";
import { run, withData } from "./options.ts";

/** What an installation needs, and whether it is there. */
export function doctorCommand(root: Command): void {
  withData(root.command("doctor").description("what is configured, reachable, trusted, missing"))
    .option("--config <file>", "configuration (default: DATA/config.yaml)")
    .action(run(async (options) => (await import("../doctor.ts")).doctor(options)));
}
