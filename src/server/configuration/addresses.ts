import { BlockList, isIP, isIPv6 } from "node:net";

/** Whether an address, or `localhost`, can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || covers(LOOPBACK, host);
}

const LOOPBACK = blockListOf(["127.0.0.0/8", "::1"]);

/** An address, or a network in CIDR form; not one that holds every address. */
export function isNetwork(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  if (isIP(address) === 0 || address.includes("%") || more.length > 0) return false;
  if (bits === undefined) return true;
  return /^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= bitsOf(address);
}

/** Whom `X-Forwarded-*` is believed of: answers for the address of the peer of a connection. Takes what `isNetwork` takes. */
export function proxyTrust(networks: readonly string[]): (address: string) => boolean {
  const trusted = blockListOf(networks);
  return (address) => covers(trusted, address);
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits] = network.split("/");
    list.addSubnet(address, bits === undefined ? bitsOf(address) : Number(bits), familyOf(address));
  }
  return list;
}

function covers(list: BlockList, address: string): boolean {
  return isIP(address) !== 0 && list.check(address, familyOf(address)); // an IPv4 address that a socket for both families writes as ::ffff:… is checked as IPv4, too
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv6(address) ? "ipv6" : "ipv4";
}

function bitsOf(address: string): number {
  return isIPv6(address) ? 128 : 32;
}
