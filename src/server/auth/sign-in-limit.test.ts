import { expect, it } from "vitest";
import { networkOf, SignInLimit } from "./sign-in-limit.ts";

it.each([
  ["203.0.113.9", "203.0.113.9"],
  ["2001:db8::1", "2001:db8:0:0"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:DB8:0001:2::", "2001:db8:1:2"],
  ["::1", "0:0:0:0"],
  ["fe80::1%eth0", "fe80:0:0:0"],
  ["::ffff:203.0.113.9", "0:0:0:0"],
  ["", ""],
])("%s counts as %s", (address, network) => expect(networkOf(address)).toBe(network));

it("twenty tries of one network are taken, from whichever of its addresses, and another network is no worse for it", async () => {
  const limit = new SignInLimit();
  for (let tries = 0; tries < 20; tries += 1) await limit.take(`2001:db8::${tries.toString(16)}`);
  await expect(limit.take("2001:db8::ffff")).rejects.toMatchObject({ code: "WB_SIGN_IN_LIMITED", seconds: expect.any(Number) });
  await limit.take("2001:db8:0:1::1");
  await limit.forgive("2001:db8::1");
  await limit.take("2001:db8::ffff");
});
