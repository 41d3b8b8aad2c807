import { isIPv6 } from "node:net";
import { RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";
import { SignInLimitedError } from "./errors.ts";

const TRIES = 20;
const WINDOW_S = 10 * 60;

/** How often one address may try to sign in: twenty times in ten minutes, until it succeeds. */
export class SignInLimit {
  readonly #limiter = new RateLimiterMemory({ points: TRIES, duration: WINDOW_S });

  /** Counts one try. Throws SignInLimitedError. */
  async take(address: string): Promise<void> {
    try {
      await this.#limiter.consume(networkOf(address));
    } catch (error) {
      throw new SignInLimitedError(Math.ceil((error as RateLimiterRes).msBeforeNext / 1000)); // the limiter in memory rejects with this alone
    }
  }

  /** Somebody at this address signed in: what was tried before counts no more. */
  async forgive(address: string): Promise<void> {
    await this.#limiter.delete(networkOf(address));
  }
}

/** Whoever has one IPv6 address has the 2^64 of its network (RFC 4291 §2.5.1). */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [left = "", right] = new URL(`http://[${address.replace(/%.*$/, "")}]/`).hostname.slice(1, -1).split("::"); // in the form of RFC 5952
  const [before, after] = [left, right ?? ""].map((half) => half.split(":").filter((group) => group !== ""));
  const gap = right === undefined ? 0 : 8 - (before?.length ?? 0) - (after?.length ?? 0);
  return [...(before ?? []), ...Array<string>(gap).fill("0"), ...(after ?? [])].slice(0, 4).join(":");
}
