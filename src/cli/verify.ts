import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Comparison, type Verification, type VerifySources, verifyTree } from "../admission/verify.ts";
import { InterruptedError, UsageError } from "../errors.ts";
import { forTerminal } from "../escape.ts";
import { parseTrust, type Trust } from "../evidence/trust.ts";
import type { Differences } from "../registry/index.ts";
import { serverWords } from "../report/shell-word.ts";
import { indented } from "../report/wrap.ts";
import type { ExitCode } from "./exit.ts";
import { reportFailure } from "./failure.ts";
import { dataDirectory, withReader } from "./installation.ts";
import { interruptible } from "./interrupt.ts";
import { jsonLine } from "./json-line.ts";
import type { ServerOption } from "./remote/with-server.ts";
import { expectPath } from "./source.ts";
import { ProgressLine, styleFor, widthOf } from "./terminal.ts";

export interface VerifyCliOptions extends ServerOption {
  readonly ticket?: string;
  readonly trust?: string;
  readonly status?: string;
  readonly freshWithin?: number;
  readonly json?: boolean;
}

const DAY_MS = 24 * 60 * 60_000;

/**
 * Hashes a model and says whether it holds a valid ticket. With ticket and trust file it needs no registry. With `--json` what could not be checked
 * is an object, too.
 */
export async function verifyCommand(path: string, options: VerifyCliOptions): Promise<ExitCode> {
  try {
    const verified = await verify(path, options);
    process.stdout.write(options.json === true ? jsonLine(verifyJson(path, verified, options)) : screen(path, verified, options));
    return verified.exit;
  } catch (error) {
    if (options.json !== true || error instanceof InterruptedError) throw error;
    reportFailure("weighbridge.verify/1", path, error, true);
    return 2;
  }
}

async function verify(path: string, options: VerifyCliOptions): Promise<Verification> {
  expectPath(path);
  const files: VerifySources = {
    now: () => new Date(),
    ...(options.ticket === undefined ? {} : { ticket: readGiven(options.ticket) }),
    ...(options.trust === undefined ? {} : { trust: readTrust(options.trust) }),
    ...(options.status === undefined ? {} : { status: { file: options.status, bytes: readGiven(options.status) } }),
    ...(options.freshWithin === undefined ? {} : { freshWithinMs: options.freshWithin * DAY_MS }),
  };
  return withTickets(options, files.trust, (registry) =>
    interruptible(async (signal) => {
      const progress = new ProgressLine();
      try {
        return await verifyTree(path, { ...files, ...registry }, { signal, onProgress: progress.update });
      } finally {
        progress.clear();
      }
    }),
  );
}

/** A server is asked where one is named: nothing of this machine's own installation counts then. */
async function withTickets<T>(
  options: VerifyCliOptions,
  trust: Trust | undefined,
  use: (sources: Pick<VerifySources, "registry">) => Promise<T>,
): Promise<T> {
  const { server } = options;
  if (server === undefined) return withOptionalRegistry(options, use);
  const [{ withServer }, { ServerTickets }] = await Promise.all([import("./remote/with-server.ts"), import("./remote/tickets.ts")]);
  return withServer({ ...options, server }, (client) => use({ registry: new ServerTickets(client, { trust, now: () => new Date() }) }));
}

/** The registry helps where there is one; verifying must not found an installation, and must work offline from ticket and trust file. */
async function withOptionalRegistry<T>(options: VerifyCliOptions, use: (sources: Pick<VerifySources, "registry">) => Promise<T>): Promise<T> {
  const offline = options.ticket !== undefined && options.trust !== undefined;
  const exists = existsSync(join(dataDirectory(options), "trust.json"));
  if (!exists && !offline)
    throw new UsageError(
      `${dataDirectory(options)} holds no installation to ask ${options.ticket === undefined ? "for a ticket" : "whom to believe"}`,
      `Give ${options.ticket === undefined ? "--ticket FILE and " : ""}--trust FILE, or --data DIR of the installation.`,
    );
  if (!exists || (offline && options.data === undefined)) return use({});
  return withReader(options, (registry) => use({ registry }));
}

function readGiven(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new UsageError(`${file} cannot be read`, cause instanceof Error ? `Check the path (${cause.message.split(",")[0]}).` : "Check the path.");
  }
}

function readTrust(file: string): Trust {
  const trust = parseTrust(readGiven(file));
  if (trust.kind === "broken") throw new UsageError(`${file} is no trust file: ${trust.why}`, "Write one with weighbridge trust export.");
  return trust.value;
}

function verifyJson(source: string, { artifact, authenticity, standing, ownKey, comparison }: Verification, { server }: VerifyCliOptions) {
  return {
    schema: "weighbridge.verify/1",
    source,
    artifact: artifact.digest,
    authentic: authenticity.kind === "authentic",
    ...(authenticity.kind === "authentic"
      ? {
          ticket: { origin: authenticity.ticket.origin, leaf: authenticity.ticket.leaf, index: authenticity.ticket.index },
          notAfter: authenticity.ticket.notAfter,
        }
      : { why: authenticity.kind === "no-ticket" ? "no-ticket" : authenticity.why }),
    key: ownKey ? (server === undefined ? "own" : "server") : "trust-file",
    standing: standing.standing,
    asOf: standing.asOf,
    differences: comparison?.kind === "compared" ? { artifact: comparison.artifact, ...comparison.differences } : null,
    ...(comparison?.kind === "impossible" ? { differencesUnknown: comparison.why } : {}),
  };
}

function screen(path: string, verification: Verification, options: VerifyCliOptions): string {
  const { artifact, exit, comparison } = verification;
  const style = styleFor(process.stdout);
  const word = exit === 0 ? style.green("VALID") : exit === 3 ? style.yellow("UNKNOWN") : style.red("INVALID");
  const lines = [
    ...answerLines(verification, options),
    ...(exit === 3 ? ["Next: give --status FILE, fresh from `weighbridge registry export --status FILE` where it was admitted."] : []),
    ...(comparison === null ? [] : [comparisonText(comparison)]),
  ].flatMap((line) => indented(forTerminal(line), widthOf(process.stdout), 2));
  const differences = comparison?.kind === "compared" ? differenceLines(comparison.differences) : [];
  return `${[`${style.bold(word)}  ${forTerminal(path)}`, "", `  ${style.dim(artifact.digest)}`, ...lines, ...differences].join("\n")}\n`;
}

function answerLines({ authenticity, standing, ownKey }: Verification, { ticket: ticketFile, server }: VerifyCliOptions): readonly string[] {
  if (authenticity.kind === "no-ticket")
    return [
      `These bytes hold no ticket ${server === undefined ? "here" : "there"}. If they are meant to be let in: npx weighbridge admit${serverWords(server)}`,
    ];
  if (authenticity.kind === "not-authentic")
    return [`Not authentic (${authenticity.why}): ${ticketFile === undefined ? "" : `${ticketFile}: `}${authenticity.detail}.`];
  const { ticket } = authenticity;
  return [
    `Authentic: entry ${ticket.index} of ${ticket.origin}${ownKey ? `, by ${keyText(server)}` : ""}.`,
    `Standing: ${standing.standing}${standing.asOf === null ? "" : ` as of ${standing.asOf}`}; ${standing.why}.`,
  ];
}

function keyText(server: string | undefined): string {
  return server === undefined ? "this installation's own key" : "a key that is trusted because the server says so, not a trust file";
}

function comparisonText(comparison: Comparison): string {
  if (comparison.kind === "impossible") return `Which files differ cannot be told here: ${comparison.why}.`;
  return `Against the registered model ${comparison.artifact.slice(0, 19)}:`;
}

const MAX_LINES = 12;

function differenceLines({ changed, renamed, added, removed }: Differences): readonly string[] {
  const all = [
    ...changed.map((path) => `changed  ${path}`),
    ...renamed.map(({ from, to }) => `renamed  ${from} to ${to}`),
    ...added.map((path) => `added    ${path}`),
    ...removed.map((path) => `removed  ${path}`),
  ].map((line) => `    ${forTerminal(line)}`);
  return all.length <= MAX_LINES ? all : [...all.slice(0, MAX_LINES), `    and ${all.length - MAX_LINES} more`];
}
