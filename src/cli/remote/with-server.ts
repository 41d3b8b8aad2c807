import { UsageError } from "../../errors.ts";
import type { DataOption } from "../installation.ts";
import { ServerClient } from "./client.ts";
import { serverAddress } from "./server-address.ts";
import { tokenFrom } from "./token.ts";

/** What a command that can ask a server takes beside its own options. */
export interface ServerOption extends DataOption {
  readonly server?: string;
  readonly tokenFile?: string;
}

/** Asks a server, and founds nothing here: its keys certify, those of this machine do not. Throws UsageError, RemoteError. */
export async function withServer<T>(options: ServerOption & { readonly server: string }, use: (client: ServerClient) => Promise<T>): Promise<T> {
  const client = openClient(options);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/** Throws UsageError, RemoteError. */
export function openClient({ server, tokenFile, data }: ServerOption & { readonly server: string }): ServerClient {
  if (data !== undefined) throw new UsageError("--server and --data name two installations", "Give one of them.");
  return new ServerClient(serverAddress(server), tokenFrom({ file: tokenFile, env: process.env.WEIGHBRIDGE_TOKEN }));
}
