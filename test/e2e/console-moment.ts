import { createHash } from "node:crypto";
import type { Surroundings } from "../../src/registry/index.ts";

/** When people look at the console in the tests. */
export const LOOKED_AT = "2026-11-21T12:46:30.000Z";

/** A clock that stands still until it is moved, and the same bytes in each run: digests and keys on the screenshots do not change by themselves. */
export class Moment implements Surroundings {
  #ms: number;
  #drawn = 0;

  constructor(start: string) {
    this.#ms = Date.parse(start);
  }

  now(): Date {
    return new Date(this.#ms);
  }

  passMinutes(minutes: number): void {
    this.#ms += minutes * 60_000;
  }

  moveTo(instant: string): void {
    this.#ms = Date.parse(instant);
  }

  /** A function of its own, as some callers take it from its object. */
  readonly randomBytes = (size: number): Uint8Array => {
    const blocks = Array.from({ length: Math.ceil(size / 32) }, () =>
      createHash("sha256")
        .update(`console ${this.#drawn++}`)
        .digest(),
    );
    return new Uint8Array(Buffer.concat(blocks).subarray(0, size));
  };
}
