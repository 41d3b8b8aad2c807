import { isIP } from "node:net";
import { addressKind } from "./address-rules.ts";
import badPorts from "./bad-ports.json" with { type: "json" };
import { GatewayError } from "./errors.ts";

/** Asks for all addresses of a name, as `dns.promises.lookup(name, { all: true })` does. */
export type Lookup = (name: string) => Promise<readonly { readonly address: string }[]>;

/** Names of metadata services, beside their addresses. */
const METADATA_NAMES = new Set([
  "metadata",
  "metadata.google.internal",
  "metadata.goog",
  "metadata.azure.internal",
  "metadata.azure.com",
  "metadata.oraclecloud.com",
  "metadata.packet.net",
  "metadata.platformequinix.com",
  "metadata.tencentyun.com",
  "instance-data",
  "instance-data.ec2.internal",
  "rancher-metadata",
]);

/** Ports of protocols that are not HTTP, and that a request could be smuggled into: the Fetch standard's "bad ports". */
const BAD_PORTS: ReadonlySet<number> = new Set(badPorts.ports);

/**
 * The addresses that the URL of a model server leads to now; whoever deploys pins them, and nothing else is ever connected to. Loopback and private
 * addresses are taken, as an administrator says so. Throws GatewayError WB_GATEWAY_UPSTREAM_REFUSED.
 */
export async function resolveUpstream(url: string, { lookup }: { readonly lookup: Lookup }): Promise<readonly string[]> {
  const { protocol, hostname, port } = checkedUrl(url);
  if (BAD_PORTS.has(Number(port))) throw refused(`port ${port} is not one of HTTP`);
  const name = hostname.replace(/\.$/, "");
  if (METADATA_NAMES.has(name)) throw refused(`${name} is a metadata service, which gives out credentials`);
  const addresses = await addressesOf(name, lookup);
  for (const address of addresses) {
    const judged = addressKind(address);
    if (judged.kind === "refused") throw refused(address === name ? judged.why : `${name} leads to ${judged.why}`);
    if (judged.kind === "public" && protocol === "http:")
      throw refused(`${name} is on the internet, and plain HTTP would show every prompt on the way`, "Use https, or an address of your own network.");
  }
  return addresses;
}

/** A URL of scheme, host, port and a path before `/v1`, and nothing else. Throws as `resolveUpstream`. */
export function checkedUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refused("it is not a URL");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") throw refused("only http and https lead to model servers");
  if (url.username !== "" || url.password !== "") throw refused("it holds a password, which would be written to the log");
  if (/[?#]/.test(text)) throw refused("a query or a fragment has no meaning there");
  if (/[\\\s]/.test(text) || /%(2f|5c|2e)/i.test(url.pathname)) throw refused("its path can be read in more than one way");
  if (url.port === "0" || url.hostname === "") throw refused("it names no machine and port");
  if (/\/v1\/?$/.test(url.pathname)) throw refused("it ends with /v1", "Leave /v1 out: the gateway adds it.");
  return url;
}

async function addressesOf(name: string, lookup: Lookup): Promise<readonly string[]> {
  const literal = name.startsWith("[") ? name.slice(1, -1) : name;
  if (isIP(literal) !== 0) return [literal];
  let found: readonly { readonly address: string }[];
  try {
    found = await lookup(name);
  } catch (cause) {
    throw refused(`${name} has no address`, "See whether the name is right and the resolver knows it.", cause);
  }
  if (found.length === 0) throw refused(`${name} has no address`, "See whether the name is right and the resolver knows it.");
  return [...new Set(found.map(({ address }) => address))];
}

function refused(why: string, hint = "Give the base URL of a model server, such as http://127.0.0.1:8000.", cause?: unknown): GatewayError {
  return new GatewayError("WB_GATEWAY_UPSTREAM_REFUSED", `nothing can be deployed at this URL: ${why}`, { hint, cause });
}
