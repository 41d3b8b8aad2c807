import { isLoopback } from "../../server/configuration/index.ts";
import { RemoteError } from "./errors.ts";

/**
 * The origin of a server. A token goes to it with each request, so it must be reached under TLS, or not leave this machine.
 * Throws RemoteError WB_REMOTE_ADDRESS, which does not repeat credentials.
 */
export function serverAddress(text: string): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:"))
    throw refusal("the address of the server is no URL", "Write it as https://weighbridge.example.com.");
  if (url.username !== "" || url.password !== "")
    throw refusal("the address of the server has a name or a password in it", "Give the token with WEIGHBRIDGE_TOKEN or --token-file.");
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
    throw refusal(`the address of the server goes on after ${url.host}`, `Give ${url.origin} alone.`);
  if (url.protocol === "http:" && !isLoopback(url.hostname.replace(/^\[|\]$/g, "")))
    throw refusal(`${url.origin} is not encrypted, and everybody on the way could read the token`, `Use https://${url.host}.`);
  return url;
}

function refusal(message: string, hint: string): RemoteError {
  return new RemoteError("WB_REMOTE_ADDRESS", message, { hint });
}
