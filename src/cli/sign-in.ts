import { SignInLinks } from "../access/sign-in-links.ts";
import { SYSTEM } from "../registry/index.ts";
import type { ExitCode } from "./exit.ts";
import { dataDirectory } from "./installation.ts";
import { withTokens } from "./local-access.ts";
import { configurationOf, type ServeOptions } from "./serve.ts";
import { signInLine } from "./sign-in-link.ts";

/** Makes another link to sign in to the server of this installation. Whoever may read the data directory may do so: they hold its keys. */
export function signIn(options: ServeOptions): Promise<ExitCode> {
  const { server, tls } = configurationOf(options);
  const host = server.host.includes(":") ? `[${server.host}]` : server.host;
  const address = server.publicUrl ?? `${tls === null ? "http" : "https"}://${host}:${server.port}`;
  return withTokens(options, ({ state }) => {
    const url = `${address}/sign-in#${new SignInLinks(state, SYSTEM).make().secret}`;
    process.stdout.write(`${signInLine({ url }, dataDirectory(options), process.stdout.isTTY)}\n`);
    return 0;
  });
}
