import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { environment, startWeighbridge } from "./cli.ts";

export interface ServerProcess {
  readonly console: string;
  /** With `/v1`. */
  readonly gateway: string;
  readonly output: readonly string[];
  /** The secret of the link that it wrote into a file, as it does where nobody looks at a terminal. */
  linkSecret(): string;
  /** Sends a signal; yields the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Runs `serve` or `start` on free ports until the test ends. Resolves when it has printed how to sign in. */
export async function startServer(folder: string, command: "serve" | "start" = "serve", ...args: readonly string[]): Promise<ServerProcess> {
  const child = startWeighbridge(folder, command, "--port", "0", "--gateway-port", "0", ...args);
  onTestFinished(() => void child.kill("SIGKILL"));
  const output: string[] = [];
  const errors: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  const ready = new Promise<void>((done) => {
    createInterface(child.stdout).on("line", (line) => {
      output.push(line);
      if (line.startsWith("Sign in")) done();
    });
  });
  await Promise.race([ready, once(child, "exit").then(() => Promise.reject(new Error(`${command} ended: ${Buffer.concat(errors)}`)))]);
  const addressAfter = (word: string) => output.find((line) => line.startsWith(word))?.split(/\s+/)[1] ?? "";
  return {
    console: addressAfter("Console"),
    gateway: addressAfter("Gateway"),
    output,
    linkSecret: () =>
      readFileSync(join(environment(folder).WEIGHBRIDGE_DATA ?? "", "sign-in-link"), "utf8")
        .trim()
        .split("#")[1] ?? "",
    stop: (signal = "SIGTERM") => stop(child, signal),
  };
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exit = once(child, "exit");
  child.kill(signal);
  const [code] = (await exit) as [number | null];
  return code;
}
