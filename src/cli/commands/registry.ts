import type { Command } from "commander";
import { MAX_DAYS, run, wholeNumberUpTo, withData, withServer } from "./options.ts";

/** What was decided, and what people do about it. */
export function registryCommands(root: Command): void {
  const registry = root.command("registry").description("what was decided, and what counts now");
  const load = () => import("../registry.ts");
  const acts = () => import("../registry-acts.ts");
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
