import { connect } from "node:net";
import type { Deployment } from "../registry/index.ts";

type Upstream = Deployment["upstream"];

const PATIENCE_MS = 1000;

/** The first pinned address that takes a connection; null when none does. */
export async function reachableAddress({ url, addresses }: Pick<Upstream, "url" | "addresses">): Promise<string | null> {
  const { port, protocol } = new URL(url);
  const wanted = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
  for (const host of addresses) if (await takesConnection(host, wanted)) return host;
  return null;
}

function takesConnection(host: string, port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host, port, timeout: PATIENCE_MS });
    const end = (answer: boolean) => {
      socket.destroy();
      done(answer);
    };
    socket
      .once("connect", () => end(true))
      .once("timeout", () => end(false))
      .once("error", () => end(false));
  });
}
