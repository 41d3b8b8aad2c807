import { createPrivateKey } from "node:crypto";
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { privateKeyOf, type SigningKey, signingKey } from "../evidence/ed25519.ts";
import { firstTrust, parseTrust, type Trust, trustBytes } from "../evidence/trust.ts";
import { formatSignerKey, type NoteSigner, noteSigner, parseSignerKey } from "../log/note-key.ts";
import { syncFolder } from "./durable-file.ts";
import { RegistryError } from "./errors.ts";
import type { Surroundings } from "./surroundings.ts";

const LOG_KEY = "log.key";
const GENESIS = "genesis.json";

/**
 * The first trust document of the installation in this folder. When there is none, its two keys are made: in a folder of their own that is then
 * renamed, so that of any number of processes exactly one makes the keys, and a kill leaves all of them or none. `isFounded`: there is a log, so
 * keys that are not there were lost; it was found out before this call, as another process may be founding meanwhile.
 * Throws RegistryError WB_REGISTRY_KEY_MODE, WB_REGISTRY_KEY_LOST.
 */
export async function openKeys(folder: string, surroundings: Surroundings, { isFounded }: { readonly isFounded: boolean }): Promise<Trust> {
  if (!existsSync(folder)) {
    if (isFounded) throw lost(folder, "it is gone, but there is a log that it belongs to");
    await makeKeys(folder, surroundings);
  }
  removeStale(folder);
  refuseOthers(statSync(folder).mode, folder, "700");
  return readGenesis(folder);
}

/** What a process left that was killed while it made keys, or what one that comes too late is still writing: it takes the keys that are there. */
function removeStale(folder: string): void {
  for (const name of readdirSync(dirname(folder))) {
    if (!name.startsWith(`${basename(folder)}.`) || !name.endsWith(".new")) continue;
    try {
      rmSync(join(dirname(folder), name), { recursive: true, force: true });
    } catch {
      // It is being written to: whoever does so removes it, or the next start does.
    }
  }
}

/** The first trust document of an installation. It is no secret, but lies where nobody else writes. Throws RegistryError WB_REGISTRY_KEY_LOST. */
export function readGenesis(folder: string): Trust {
  const genesis = parseTrust(readSecret(folder, GENESIS));
  if (genesis.kind === "broken") throw lost(join(folder, GENESIS), genesis.why);
  return genesis.value;
}

/** The log's key. Only the log's thread asks for it. Throws RegistryError. */
export function readLogKey(folder: string): NoteSigner {
  try {
    return parseSignerKey(readSecret(folder, LOG_KEY).toString("utf8").trim());
  } catch (cause) {
    if (cause instanceof RegistryError) throw cause;
    throw lost(join(folder, LOG_KEY), "it is not of its form", cause);
  }
}

/** The ticket key with this id. Throws RegistryError. */
export function readTicketKey(folder: string, keyId: string): SigningKey {
  const pem = readSecret(folder, ticketKeyFile(keyId));
  let key: SigningKey;
  try {
    key = signingKey(createPrivateKey(pem));
  } catch (cause) {
    throw lost(join(folder, ticketKeyFile(keyId)), "it is not of its form", cause);
  }
  if (key.keyId !== keyId) throw lost(join(folder, ticketKeyFile(keyId)), "it is another key");
  return key;
}

/** Makes a ticket key and stores it; it signs nothing until the log says that it is the current one. */
export async function makeTicketKey(folder: string, surroundings: Surroundings): Promise<SigningKey> {
  const secret = privateKeyOf(surroundings.randomBytes(32));
  const key = signingKey(secret);
  await writeSecret(folder, ticketKeyFile(key.keyId), secret.export({ format: "pem", type: "pkcs8" }).toString());
  await syncFolder(folder);
  return key;
}

async function makeKeys(folder: string, surroundings: Surroundings): Promise<void> {
  const token = Buffer.from(surroundings.randomBytes(8)).toString("hex");
  const making = `${folder}.${token}.new`;
  try {
    await mkdir(making, { mode: 0o700 });
    const origin = `weighbridge.local/${Buffer.from(surroundings.randomBytes(8)).toString("hex")}`;
    const logSecret = privateKeyOf(surroundings.randomBytes(32));
    await writeSecret(making, LOG_KEY, `${formatSignerKey(origin, logSecret)}\n`);
    const ticketKey = await makeTicketKey(making, surroundings);
    const logKey = noteSigner(origin, logSecret).verifierKey;
    const trust = firstTrust(origin, logKey, ticketKey.publicKey, surroundings.now().toISOString());
    await writeSecret(making, GENESIS, trustBytes(trust));
    await syncFolder(making);
    await rename(making, folder); // fails when another process was first: a folder that is not empty is never replaced
  } catch (cause) {
    await rm(making, { recursive: true, force: true });
    if (existsSync(folder)) return;
    throw new RegistryError("WB_REGISTRY_DATA", `the keys in ${folder} cannot be made`, {
      hint: "Check that the data directory may be written to.",
      cause,
    });
  }
  await syncFolder(dirname(folder));
}

async function writeSecret(folder: string, name: string, content: Uint8Array | string): Promise<void> {
  const file = await open(join(folder, name), "wx", 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Mode and content by one descriptor, so that they are of one file. */
function readSecret(folder: string, name: string): Buffer {
  const path = join(folder, name);
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (cause) {
    throw lost(path, "it cannot be read", cause);
  }
  try {
    refuseOthers(fstatSync(fd).mode, path, "600");
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

function refuseOthers(mode: number, path: string, wanted: string): void {
  if (process.platform === "win32" || (mode & 0o077) === 0) return;
  throw new RegistryError("WB_REGISTRY_KEY_MODE", `${path} can be opened by other users (mode ${(mode & 0o777).toString(8)})`, {
    hint: `If nobody else has read it: chmod ${wanted} ${path}. Otherwise ${remedyFor(path)}.`,
  });
}

/** What to do about a key that may have been read. */
function remedyFor(path: string): string {
  return basename(path).startsWith("ticket-")
    ? "do that, then weighbridge trust rotate, and hand out the new trust file"
    : "found a new installation in another data directory: the key of a log cannot be changed";
}

function ticketKeyFile(keyId: string): string {
  return `ticket-${keyId.slice(0, 16)}.pem`;
}

function lost(path: string, why: string, cause?: unknown): RegistryError {
  return new RegistryError("WB_REGISTRY_KEY_LOST", `${path}: ${why}`, {
    hint: "Restore the folder keys/ from a backup; without it this log cannot go on.",
    cause,
  });
}
