import type { Command } from "commander";
import { run, withData } from "./options.ts";

/** The log, and whom others have to believe. */
export function logCommands(root: Command): void {
  const log = root.command("log").description("the transparency log");
  const load = () => import("../log.ts");
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
    run(async (file, options) => (await import("../trust.ts")).trustExport(file, options)),
  );
  withData(trust.command("rotate").description("make a new ticket key, signed in by the old one")).action(
    run(async (options) => (await import("../trust.ts")).trustRotate(options)),
  );
  withData(trust.command("show").description("print keys and fingerprint")).action(
    run(async (options) => (await import("../trust.ts")).trustShow(options)),
  );
}
