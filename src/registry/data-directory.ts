import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { digestOf, hexOf } from "../digest.ts";
import { RegistryError } from "./errors.ts";

/** Where everything of one installation lies. docs/spec/trust.md. */
export interface DataDirectory {
  readonly root: string;
  /** Private keys and the first trust document; 0700, made whole or not at all. */
  readonly keys: string;
  readonly log: string;
  readonly blobs: string;
  readonly tickets: string;
  /** The current trust document, for people to copy. */
  readonly trust: string;
}

interface Platform {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** Where data lies when nobody says otherwise: the platform's place for the data of applications. */
export function defaultDataDirectory(at: Platform): string {
  return join(placeOf(at, "XDG_DATA_HOME", [".local", "share"]), "weighbridge");
}

/** Where the last signed checkpoints are kept, apart from the data, so that a restored old copy of the data is noticed. */
export function defaultStateDirectory(at: Platform): string {
  return join(placeOf(at, "XDG_STATE_HOME", [".local", "state"]), at.platform === "linux" ? "weighbridge" : "weighbridge-state");
}

/** XDG base directories on Linux and the like; Apple's and Microsoft's on theirs. */
function placeOf({ platform, env, home }: Platform, variable: string, fallback: readonly string[]): string {
  if (platform === "darwin") return join(home, "Library", "Application Support");
  if (platform === "win32") return env.LOCALAPPDATA ?? join(home, "AppData", "Local");
  const set = env[variable];
  return set?.startsWith("/") === true ? set : join(home, ...fallback); // the XDG specification: relative paths are ignored
}

/** Where everything lies in the installation of a folder. */
export function foldersOf(root: string): DataDirectory {
  return {
    root,
    keys: join(root, "keys"),
    log: join(root, "log"),
    blobs: join(root, "blobs"),
    tickets: join(root, "tickets"),
    trust: join(root, "trust.json"),
  };
}

/** Where the last signed checkpoint of a log is kept outside its data directory. */
export function outsideCheckpointOf(stateFolder: string, origin: string): string {
  return join(stateFolder, `${hexOf(digestOf(origin))}.checkpoint`);
}

/** Makes the folders that are not there yet, for their owner alone. `keys/` is made by `openKeys`. Throws RegistryError WB_REGISTRY_DATA. */
export function makeDataDirectory(root: string): DataDirectory {
  const directory = foldersOf(root);
  try {
    for (const folder of [root, directory.log, directory.blobs, directory.tickets]) makeFolder(folder);
  } catch (cause) {
    throw new RegistryError("WB_REGISTRY_DATA", `the data directory ${root} cannot be made`, {
      hint: "Give a folder that you may write to with --data or WEIGHBRIDGE_DATA.",
      cause,
    });
  }
  return directory;
}

/** Level by level: Node's own recursive mkdir tries for ever where the file system refuses new names, as /proc does. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!existsSync(path)) throw error; // another process may have made it meanwhile
  }
}
