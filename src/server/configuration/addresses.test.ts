import { expect, it } from "vitest";
import { isLoopback, isNetwork, proxyTrust } from "./addresses.ts";

it.each(["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1", "localhost"])("%s is this machine alone", (host) => {
  expect(isLoopback(host)).toBe(true);
});

it.each(["0.0.0.0", "::", "10.0.0.1", "169.254.169.254", "localhost.example.org", "127.0.0.1.example.org", "0177.0.0.1", ""])("%j is not", (host) => {
  expect(isLoopback(host)).toBe(false);
});

it.each(["10.0.0.0/8", "10.1.2.3", "10.1.2.3/32", "fd00::/8", "::1/128"])("%s is a network", (text) => {
  expect(isNetwork(text)).toBe(true);
});

it.each(["", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "10.0.0.0/8/8", "0.0.0.0/0", "::/0", "fd00::/129", "proxy", "fe80::1%eth0"])(
  "%j is none",
  (text) => {
    expect(isNetwork(text)).toBe(false);
  },
);

it("a proxy is trusted by its address, also where a socket for both families writes it as IPv6", () => {
  const trusts = proxyTrust(["10.0.0.0/8", "fd00::/8", "192.0.2.7"]);
  expect(["10.9.9.9", "::ffff:10.9.9.9", "fd12::1", "192.0.2.7"].map(trusts)).toEqual([true, true, true, true]);
  expect(["11.0.0.1", "::ffff:11.0.0.1", "fe80::1", "192.0.2.8", "", "10.0.0.0/8"].map(trusts)).toEqual([false, false, false, false, false, false]);
});

it("nobody is trusted where no proxy is named", () => {
  expect(["127.0.0.1", "::1", "10.0.0.1"].map(proxyTrust([]))).toEqual([false, false, false]);
});
