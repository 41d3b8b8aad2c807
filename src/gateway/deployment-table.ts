import { type Deployment, standingOf } from "../registry/index.ts";
import { GatewayError } from "./errors.ts";
import type { DeploymentNow, Deployments } from "./parts.ts";

/** What the table asks of a registry. */
export interface DeploymentSource {
  deployments(): Promise<readonly Deployment[]>;
  /** Another number when somebody added to the log; costs microseconds. */
  version(): number;
}

export interface TableOptions {
  readonly now: () => Date;
  /** Takes what kept the table from knowing what is deployed. */
  readonly report?: (error: unknown) => void;
}

const POLL_MS = 250;
/**
 * What was last seen to be true longer ago than this is not believed: with the time between two looks, a revocation counts within a second, however slow
 * the disk is.
 */
const BELIEVED_MS = 500;

/**
 * What is deployed, followed through the registry. A revocation counts from the next look at the registry's version on, and a ticket's end from its very
 * moment on. When the registry cannot be asked, nothing is deployed: `find` throws.
 */
export class DeploymentTable implements Deployments {
  readonly #source: DeploymentSource;
  readonly #now: () => Date;
  readonly #report: (error: unknown) => void;
  readonly #listeners = new Set<() => void>();
  readonly #timer: NodeJS.Timeout;
  #byName: ReadonlyMap<string, Deployment> = new Map();
  /** Version of the registry that `#byName` is of; null: nothing is known. */
  #version: number | null = null;
  /** When `#byName` was last seen to be of the registry's version. */
  #trueMs = 0;
  #reading: Promise<void> | null = null;

  /** Reads what is deployed. Throws what the registry throws. */
  static async open(source: DeploymentSource, options: TableOptions): Promise<DeploymentTable> {
    const table = new DeploymentTable(source, options);
    try {
      await table.#read();
    } catch (error) {
      table.close();
      throw error;
    }
    return table;
  }

  private constructor(source: DeploymentSource, { now, report = () => {} }: TableOptions) {
    this.#source = source;
    this.#now = now;
    this.#report = report;
    this.#timer = setInterval(() => this.#poll(), POLL_MS).unref();
  }

  find(name: string): DeploymentNow | null {
    const now = this.#believed();
    const deployment = this.#byName.get(name);
    return deployment === undefined ? null : deploymentAt(deployment, now);
  }

  list(): readonly DeploymentNow[] {
    const now = this.#believed();
    return [...this.#byName.values()].map((deployment) => deploymentAt(deployment, now));
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads what is deployed now, for whoever just changed it. */
  async refresh(): Promise<void> {
    await this.#reading; // it may have begun before the change
    await this.#readAgain();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** The time, if what is known may be believed at that time. */
  #believed(): string {
    const now = this.#now();
    if (!this.#isTrueAt(now)) this.#poll();
    if (!this.#isTrueAt(now))
      throw new GatewayError("WB_GATEWAY_NOT_LOADED", "what is deployed is not known at the moment", {
        hint: "See whether the data directory can be read, and whether the machine keeps up.",
      });
    return now.toISOString();
  }

  #isTrueAt(now: Date): boolean {
    return this.#version !== null && Math.abs(now.getTime() - this.#trueMs) <= BELIEVED_MS; // a clock that was set back proves nothing
  }

  #poll(): void {
    try {
      const version = this.#source.version();
      if (version === this.#version) this.#trueMs = this.#now().getTime();
      else void this.#readAgain();
    } catch (error) {
      this.#forget(error);
    }
  }

  /** Reads, if nobody is reading. Never rejects: what cannot be read is not known. */
  #readAgain(): Promise<void> {
    this.#reading ??= this.#read()
      .catch((error: unknown) => this.#forget(error))
      .finally(() => {
        this.#reading = null;
      });
    return this.#reading;
  }

  async #read(): Promise<void> {
    const version = this.#source.version(); // before what it is the version of
    const deployments = await this.#source.deployments();
    this.#byName = new Map(deployments.map((deployment) => [deployment.name, deployment]));
    this.#version = version;
    this.#trueMs = this.#now().getTime();
    for (const listener of this.#listeners) listener();
  }

  #forget(error: unknown): void {
    this.#version = null;
    this.#report(error);
  }
}

function deploymentAt(deployment: Deployment, now: string): DeploymentNow {
  return { deployment, ...standingOf(deployment.record, now) };
}
