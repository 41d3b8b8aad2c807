import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";

const HERE = import.meta.dirname;
const LOCK = join(HERE, "install.lock");
/** npm writes it when all else is in place. */
const INSTALLED = join(HERE, "node_modules/.package-lock.json");

/** Runs `npm ci` in this folder unless that was done for the same versions. One process does it, the others wait. */
export async function ensureInstalled(): Promise<void> {
  if (isInstalled()) return;
  const unlock = await lock();
  try {
    if (!isInstalled()) await npmCi();
  } finally {
    unlock();
  }
}

function isInstalled(): boolean {
  return existsSync(INSTALLED) && enginesIn(INSTALLED) === enginesIn(join(HERE, "package-lock.json"));
}

function enginesIn(lockFile: string): string {
  const { packages } = JSON.parse(readFileSync(lockFile, "utf8"));
  return ["node-llama-cpp", "@huggingface/jinja"].map((name) => packages[`node_modules/${name}`]?.integrity).join();
}

/** SQLite's lock on a file: the system frees it when its holder dies, so there is no stale one. */
async function lock(): Promise<() => void> {
  for (;;) {
    const database = new DatabaseSync(LOCK, { timeout: 0 });
    try {
      database.exec("BEGIN EXCLUSIVE");
      return () => database.close();
    } catch (error) {
      database.close();
      if (!String(error).includes("locked")) throw error;
      await wait(200);
    }
  }
}

async function npmCi(): Promise<void> {
  const child = spawn("npm", ["ci"], { cwd: HERE, stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => said.push(chunk));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`npm ci in test/engine failed:\n${Buffer.concat(said)}`);
}
