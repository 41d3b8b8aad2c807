import { expect, it } from "vitest";
import { rulesDigest, writtenDigest } from "../../scripts/rules-digest.ts";

it("the digest of the rules that evidence carries is that of the code as it is (npm run fix writes it)", () => {
  expect(writtenDigest()).toBe(rulesDigest());
});
