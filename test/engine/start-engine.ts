import { spawn } from "node:child_process";
import { once } from "node:events";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { ensureInstalled } from "./install.ts";
import { defaultModel } from "./model-file.ts";

export { ensureInstalled } from "./install.ts";
export { madeModel } from "./model-file.ts";

export interface RunningEngine {
  /** Address without a path: `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** What requests call the model. */
  readonly model: string;
  /** The GGUF file that it serves. */
  readonly file: string;
  stop(): Promise<void>;
}

/** Starts the engine on a free port, installs it first where that was not done. It ends with this process, or at `stop`. */
export async function startEngine(file: string = defaultModel()): Promise<RunningEngine> {
  await ensureInstalled();
  const child = spawn(process.execPath, [join(import.meta.dirname, "server.ts"), "--model", file, "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const exit = once(child, "exit");
  const firstLine = once(createInterface(child.stdout as Readable), "line"); // a pipe, as asked for above
  const line = await Promise.race([firstLine.then(String), exit.then(() => "")]);
  const url = /^listening on (http:\S+)$/.exec(line)?.[1];
  if (url === undefined) throw new Error("the engine did not start; what it wrote stands above");
  return {
    url,
    model: basename(file, ".gguf"),
    file,
    async stop() {
      child.kill();
      await exit;
    },
  };
}
