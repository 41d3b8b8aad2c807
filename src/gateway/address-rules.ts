import { BlockList, isIP, isIPv4 } from "node:net";

/** Where an address leads. `refused` says why nothing may be deployed there. */
export type AddressKind = { readonly kind: "here" | "public" } | { readonly kind: "refused"; readonly why: string };

type Subnet = readonly [network: string, prefix: number];

const METADATA = blocks([
  ["169.254.169.254", 32], // AWS, Google, Azure, OpenStack, Oracle, DigitalOcean
  ["169.254.170.2", 32], // AWS, for containers
  ["100.100.100.200", 32], // Alibaba
  ["168.63.129.16", 32], // Azure's host
  ["192.0.0.192", 32], // Oracle
  ["fd00:ec2::254", 128], // AWS
  ["fd20:ce::254", 128], // Google
  ["fd00:42::42", 128], // Scaleway
]);
const LINK_LOCAL = blocks([
  ["169.254.0.0", 16],
  ["fe80::", 10],
]);
/** This network, multicast, reserved, broadcast: RFC 6890. */
const NO_HOST = blocks([
  ["0.0.0.0", 8],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["::", 128],
  ["ff00::", 8],
]);
/** Loopback, private, shared by a carrier or a mesh network. */
const HERE = blocks([
  ["127.0.0.0", 8],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
  ["::1", 128],
  ["fc00::", 7],
  ["fec0::", 10],
]);

/** Judges an IP address, and the IPv4 address that it may carry: mapped, compatible, NAT64, 6to4, Teredo, ISATAP. */
export function addressKind(address: string): AddressKind {
  const plain = address.split("%", 1)[0] ?? "";
  if (isIP(plain) === 0) return { kind: "refused", why: "it is no IP address" };
  const carried = isIPv4(plain) ? [] : carriedIn(plain);
  for (const each of [plain, ...carried]) {
    if (has(METADATA, each)) return { kind: "refused", why: `${address} is a metadata service, which gives out credentials` };
    if (has(LINK_LOCAL, each)) return { kind: "refused", why: `${address} is a link-local address` };
  }
  if (carried.length === 0 && has(NO_HOST, plain)) return { kind: "refused", why: `${address} is not the address of one machine` };
  if (carried.some((each) => has(NO_HOST, each))) return { kind: "refused", why: `${address} is not the address of one machine` };
  const last = carried.at(-1) ?? plain;
  return { kind: has(HERE, last) ? "here" : "public" };
}

/** IPv4 addresses inside of an IPv6 address. */
function carriedIn(address: string): readonly string[] {
  const groups = groupsOf(address);
  const ipv4 = (high: number) =>
    [(groups[high] ?? 0) >> 8, (groups[high] ?? 0) & 255, (groups[high + 1] ?? 0) >> 8, (groups[high + 1] ?? 0) & 255].join(".");
  const begins = (...start: readonly number[]) => start.every((group, i) => groups[i] === group);
  if (begins(0, 0, 0, 0, 0, 0) && (groups[6] ?? 0) > 0) return [ipv4(6)]; // ::a.b.c.d, deprecated
  if (begins(0, 0, 0, 0, 0, 0xffff) || begins(0, 0, 0, 0, 0xffff, 0) || begins(0x64, 0xff9b)) return [ipv4(6)];
  if (begins(0x2002)) return [ipv4(1)];
  if (begins(0x2001, 0)) return [ipv4(2), invertedIpv4(groups)];
  if ((groups[4] === 0 || groups[4] === 0x200) && groups[5] === 0x5efe) return [ipv4(6)];
  return [];
}

/** A Teredo client's address is written with all bits turned over (RFC 4380 §4). */
function invertedIpv4(groups: readonly number[]): string {
  const high = ~(groups[6] ?? 0) & 0xffff;
  const low = ~(groups[7] ?? 0) & 0xffff;
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** The eight numbers of an IPv6 address. The URL parser writes all spellings in one way. */
function groupsOf(address: string): readonly number[] {
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = "", tail] = plain.split("::");
  const numbers = (text: string | undefined) => (text === undefined || text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16)));
  const begin = numbers(head);
  const end = numbers(tail);
  return [...begin, ...Array.from({ length: 8 - begin.length - end.length }, () => 0), ...end];
}

function blocks(subnets: readonly Subnet[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, isIPv4(network) ? "ipv4" : "ipv6");
  return list;
}

function has(list: BlockList, address: string): boolean {
  return list.check(address, isIPv4(address) ? "ipv4" : "ipv6");
}
