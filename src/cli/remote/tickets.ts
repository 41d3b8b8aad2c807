import type { TicketRegistry } from "../../admission/verify.ts";
import type { Manifest } from "../../artifact/artifact.ts";
import type { Digest } from "../../digest.ts";
import { parseTrust, type Trust } from "../../evidence/trust.ts";
import { type StandingAt, standingByStatus, verifyStatus } from "../../registry/index.ts";
import { parseManifest } from "../../registry/read-manifest.ts";
import { Admission } from "../../server/api/schema/admission.ts";
import type { ServerClient } from "./client.ts";
import { RemoteError } from "./errors.ts";

/** What a server knows of tickets. `trust`: whom to believe, from a trust file; without it, whom the server names. */
export class ServerTickets implements TicketRegistry {
  readonly #client: ServerClient;
  readonly #now: () => Date;
  #trust: Promise<Trust> | undefined;

  constructor(client: ServerClient, { trust, now }: { readonly trust?: Trust | undefined; readonly now: () => Date }) {
    this.#client = client;
    this.#now = now;
    if (trust !== undefined) this.#trust = Promise.resolve(trust);
  }

  async ticket(artifact: Digest): Promise<{ readonly bytes: Uint8Array } | null> {
    const bytes = await this.#client.document(`/artifacts/${artifact}/ticket`);
    return bytes === null ? null : { bytes };
  }

  trust(): Promise<Trust> {
    this.#trust ??= this.#fetchTrust();
    return this.#trust;
  }

  /** By the signed standing of all tickets as of this moment: a server that says another thing than it signs is not believed. */
  async standing(leaf: string): Promise<StandingAt> {
    const bytes = await this.#client.document("/status");
    const status = bytes === null ? null : verifyStatus(bytes, await this.trust());
    if (status?.kind !== "parsed") throw unreadable("the standing of its tickets", status?.why ?? "there is none");
    return standingByStatus(status.value, { leaf, index: 0 }, { now: this.#now().toISOString() });
  }

  async manifest(artifact: Digest): Promise<Manifest | null> {
    const answer = await this.#client.find(`/artifacts/${artifact}/admission`, Admission);
    if (answer === null || answer.manifest === null) return null;
    const manifest = parseManifest(answer.manifest);
    if (manifest.kind === "broken") throw unreadable(`the manifest of ${artifact}`, manifest.why);
    return manifest.value;
  }

  async #fetchTrust(): Promise<Trust> {
    const bytes = await this.#client.document("/trust");
    const trust = bytes === null ? null : parseTrust(bytes);
    if (trust?.kind !== "parsed") throw unreadable("its trust document", trust?.why ?? "there is none");
    return trust.value;
  }
}

function unreadable(what: string, why: string): RemoteError {
  return new RemoteError("WB_REMOTE_ANSWER", `what the server says is ${what} cannot be believed: ${why}`, {
    hint: "Check the address, and that both sides have the same version.",
  });
}
