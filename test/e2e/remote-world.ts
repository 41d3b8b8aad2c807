import { existsSync, globSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { environment, scratch, startWeighbridge, weighbridge } from "./cli.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

/** An installation that is served from one folder, and clients that work in another one. */
export class RemoteWorld {
  readonly server = scratch();
  readonly client = scratch();
  #process: ServerProcess | undefined;
  #address = "";

  async start(): Promise<this> {
    const port = this.#address === "" ? "0" : new URL(this.#address).port;
    this.#process = await startServer(this.server, "serve", "--port", port);
    this.#address = this.#process.console;
    return this;
  }

  get address(): string {
    return this.#address;
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    await this.#process?.stop(signal);
  }

  /** A file with a new token for somebody with these roles. */
  tokenFile(name: string, ...roles: readonly string[]): string {
    const { stdout } = weighbridge(this.server, "token", "create", "--name", name, "--scope", "api", "--role", ...roles);
    const file = join(this.client, `${name}.token`);
    writeFileSync(file, stdout, { mode: 0o600 });
    return file;
  }

  /** Runs a command of a client to its end. */
  run(tokenFile: string, ...args: readonly string[]) {
    return weighbridge(this.client, ...args, "--server", this.#address, "--token-file", tokenFile);
  }

  /** Starts a command of a client and leaves it running. */
  begin(tokenFile: string, ...args: readonly string[]) {
    return startWeighbridge(this.client, ...args, "--server", this.#address, "--token-file", tokenFile);
  }

  async ask(secret: string, method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`${this.#address}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${secret}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return text === "" ? null : JSON.parse(text);
  }

  /** A job that takes seconds to examine, of which no byte is sent: its file lies there as after a restart, and has a hole for content. */
  async beginHugeJob(secret: string, sizeBytes: number): Promise<string> {
    const upload = (await this.ask(secret, "POST", "/uploads", { name: "huge", files: [{ path: "model.bin", size: sizeBytes }] })) as { id: string }; // as the API says
    const file = join(environment(this.server).WEIGHBRIDGE_DATA ?? "", "uploads", upload.id, "tree/model.bin");
    writeFileSync(file, "");
    truncateSync(file, sizeBytes);
    await this.stop("SIGTERM");
    await this.start();
    const job = (await this.ask(secret, "POST", `/uploads/${upload.id}/admission`, {})) as { id: string };
    return job.id;
  }

  /** Files of uploads that lie on the server. */
  uploadedFiles(): readonly string[] {
    return globSync("data/uploads/*/tree/**/*", { cwd: this.server });
  }

  expectNothingFounded(): void {
    expect(existsSync(join(this.client, "data"))).toBe(false);
  }
}
