import { existsSync, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { forTerminal } from "../escape.ts";
import { fingerprintOf } from "../evidence/trust.ts";
import { verifyLog } from "../log/index.ts";
import { bytesText } from "../report/quantities.ts";
import { VERSION } from "../version.ts";
import { configurationCheck, deploymentChecks, serverChecks } from "./doctor-server.ts";
import type { ExitCode } from "./exit.ts";
import { failureOf } from "./failure.ts";
import { type DataOption, dataDirectory, policiesOf, stateDirectory, withRegistry } from "./installation.ts";
import type { ServeOptions } from "./serve.ts";

/** One line: in order, worth knowing, or wrong. */
export interface Check {
  readonly state: "ok" | "note" | "bad";
  readonly text: string;
}

/** File systems that keep files on another machine: SQLite's locks and fsync mean little there. Numbers of linux/magic.h. */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0xff534d42, "SMB"],
  [0xfe534d42, "SMB2"],
  [0x65735546, "FUSE"],
  [0x01021997, "9P"],
  [0x00c36400, "Ceph"],
]);

/** What is configured, trusted and missing. Exit 1 when something is wrong. */
export async function doctor(options: ServeOptions): Promise<ExitCode> {
  const directory = dataDirectory(options);
  const checks: Check[] = [{ state: "ok", text: `weighbridge ${VERSION} under Node ${process.version}` }, await diskCheck(directory)];
  if (!existsSync(join(directory, "log")))
    checks.push({ state: "note", text: `${directory} holds no installation yet; admit makes one` }, await configurationCheck(options));
  else checks.push(...(await installationChecks(directory, options)), ...(await serverChecks(directory, options)));
  for (const { state, text } of checks) process.stdout.write(`${state.padEnd(4)}  ${text.split("\n").map(forTerminal).join("\n      ")}\n`);
  return checks.some(({ state }) => state === "bad") ? 1 : 0;
}

async function diskCheck(directory: string): Promise<Check> {
  let place = directory;
  while (!existsSync(place)) place = dirname(place);
  const { type, bavail, bsize } = await statfs(place);
  const network = NETWORK.get(type);
  if (network !== undefined) return { state: "bad", text: `${directory} is on ${network}: the log needs a local disk` };
  return { state: "ok", text: `${directory}: local disk, ${bytesText(bavail * bsize)} free` };
}

async function installationChecks(directory: string, options: DataOption): Promise<readonly Check[]> {
  const mode = statSync(join(directory, "keys"), { throwIfNoEntry: false })?.mode ?? 0;
  const keys: Check =
    (mode & 0o077) === 0
      ? { state: "ok", text: "keys are readable by their owner alone" }
      : { state: "bad", text: "keys/ is open to others: chmod 700" };
  const policies = await policyCheck(directory);
  try {
    return await withRegistry(options, async ({ registry }) => {
      const trust = await registry.trust();
      const log = verifyLog(registry.log);
      return [
        keys,
        { state: "ok", text: `trust fingerprint ${fingerprintOf(trust)}` },
        log.kind === "verified"
          ? { state: "ok", text: `log verifies, ${log.checkpoint.size} entries` }
          : { state: "bad", text: "log does not verify: weighbridge log verify" },
        { state: "note", text: "no witness: the log does not protect against the holder of its key" },
        policies,
        ...(await deploymentChecks(registry)),
        { state: "ok", text: `last signed checkpoint is also kept in ${stateDirectory()}` },
      ];
    });
  } catch (error) {
    return [keys, policies, failed(error)];
  }
}

async function policyCheck(directory: string): Promise<Check> {
  try {
    const { policies, digest } = await policiesOf(directory);
    return { state: "ok", text: `${policies.size} policies, ${digest}` };
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): Check {
  const { message, hint, code } = failureOf(error);
  return { state: "bad", text: `${message}. ${hint} [${code}]` };
}
