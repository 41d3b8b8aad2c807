import { randomBytes } from "node:crypto";

/** What would make two runs differ, as parameters. */
export interface Surroundings {
  now(): Date;
  /** Unpredictable bytes: keys and salts are made of them. */
  randomBytes(size: number): Uint8Array;
}

/** The machine's clock and random numbers. */
export const SYSTEM: Surroundings = { now: () => new Date(), randomBytes };
