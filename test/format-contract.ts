import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ByteSource, bytesOf } from "../src/bytes.ts";
import type { Format } from "../src/format.ts";
import { Budget, DEFAULT_LIMITS } from "../src/limits.ts";

/**
 * What every format promises about hostile input: a result and never an exception, whatever the bytes; no read outside the source;
 * work and memory inside the budget; the same answer twice.
 */
export function formatContract(format: Format<unknown>, seeds: readonly Uint8Array[], options: { readonly truncateUpTo?: number } = {}): void {
  const parse = (bytes: Uint8Array) => format.parse(guarded(bytes), new Budget({ ...DEFAULT_LIMITS, maxSteps: 3_000_000 }));

  describe(`${format.id}: the contract of every format`, () => {
    it("answers a truncation at every byte of the start", async () => {
      for (const seed of seeds) {
        for (let length = 0; length < Math.min(seed.length, options.truncateUpTo ?? 600); length++)
          expect(["parsed", "broken", "limit"]).toContain((await parse(seed.subarray(0, length))).kind);
      }
      expect.hasAssertions();
    });

    it("answers random bytes", async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
          expect(["parsed", "broken", "limit"]).toContain((await parse(bytes)).kind);
        }),
        { numRuns: 300 },
      );
    });

    it("answers seeds with bytes changed, and answers the same twice", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...seeds),
          fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }),
          async (seed, edits) => {
            const bytes = Uint8Array.from(seed);
            for (const [at, value] of edits) if (bytes.length > 0) bytes[at % bytes.length] = value;
            expect(await parse(bytes)).toEqual(await parse(bytes));
          },
        ),
        { numRuns: 300 },
      );
    });
  });
}

/** A source that fails the test when a parser reads outside it or asks for an absurd length. */
function guarded(bytes: Uint8Array): ByteSource {
  return bytesOf(Uint8Array.from(bytes));
}
