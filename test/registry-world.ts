import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Artifact } from "../src/artifact/artifact.ts";
import { artifactOf } from "../src/artifact/manifest.ts";
import { digestOf, hexOf } from "../src/digest.ts";
import { PREDICATE } from "../src/evidence/predicate-types.ts";
import { canonicalJson, type Json } from "../src/json.ts";
import type { Decision, Reason } from "../src/policy/decision.ts";
import type { AdmissionRecord } from "../src/registry/record-admission.ts";
import { openRegistry, type Registry } from "../src/registry/registry.ts";
import type { Surroundings } from "../src/registry/surroundings.ts";
import type { IssuedTicket } from "../src/registry/ticket-files.ts";

/** A clock that stands still until it is moved. */
export class World implements Surroundings {
  #ms: number;

  constructor(start = "2026-05-01T00:00:00.000Z") {
    this.#ms = Date.parse(start);
  }

  now(): Date {
    return new Date(this.#ms);
  }

  pass(ms: number): void {
    this.#ms += ms;
  }

  passDays(days: number): void {
    this.pass(days * 24 * 60 * 60_000);
  }

  randomBytes(size: number): Uint8Array {
    return randomBytes(size);
  }
}

export const POLICY_TEXT = "permit everything that is examined";
export const POLICY_SET = digestOf(POLICY_TEXT);

/** A folder that goes when the test ends. */
export function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "weighbridge-registry-"));
  return use(folder).finally(() => rmSync(folder, { recursive: true, force: true }));
}

/** An artifact of files with these contents. */
export function artifactWith(files: Readonly<Record<string, string>>): Artifact {
  const entries = Object.entries(files).map(([path, content]) => ({
    path,
    type: "file" as const,
    size: Buffer.byteLength(content),
    sha256: hexOf(digestOf(content)),
  }));
  return artifactOf(entries, { single: false, foreignNames: false });
}

export const PERMIT: Reason = { policy: "permit-examined", effect: "permit", text: "It was examined and nothing spoke against it." };
export const REVIEW: Reason = { policy: "review", effect: "forbid", text: "Somebody must look at it.", waiver: { role: "approver" } };

/** A record of a decision as admission/ would hand it over. `seen` stands for the evidence: another text is another context. */
export function admissionOf(
  artifact: Artifact,
  outcome: Decision["outcome"],
  world: Surroundings,
  { seen = "nothing", reasons = outcome === "allow" ? [PERMIT] : [REVIEW] }: { readonly seen?: string; readonly reasons?: readonly Reason[] } = {},
): AdmissionRecord {
  const context: Json = { schema: "weighbridge.context/1", artifact: artifact.digest, seen };
  return {
    artifact,
    decision: { outcome, reasons, context: digestOf(canonicalJson(context)), policySet: POLICY_SET, evaluatedAt: world.now().toISOString() },
    context,
    evidence: [{ subject: artifact.digest, predicateType: PREDICATE.examination, predicate: { seen } }],
    name: "hf:example/model",
    principal: "ada",
  };
}

/** The model of most tests. */
export const MODEL = artifactWith({ "config.json": "{}", "model.safetensors": "weights", "tokenizer.json": "{ }" });

export function tellPolicies(registry: Registry): Promise<void> {
  return registry.recordPolicySet({ digest: POLICY_SET, text: POLICY_TEXT, principal: "ada" });
}

/** Runs over a new installation that knows its policies. */
export function founded(use: (registry: Registry, world: World, root: string) => Promise<void>): Promise<void> {
  return withFolder(async (folder) => {
    const root = join(folder, "data");
    const world = new World();
    const registry = await openRegistry(root, { surroundings: world });
    try {
      await tellPolicies(registry);
      world.pass(1000);
      await use(registry, world, root);
    } finally {
      await registry.close();
    }
  });
}

/** Records an *allow* and yields its ticket. */
export async function ticketed(registry: Registry, world: World, artifact: Artifact = MODEL): Promise<IssuedTicket> {
  const recorded = await registry.recordAdmission(admissionOf(artifact, "allow", world));
  if (recorded.kind !== "ticketed") throw new Error(`got ${recorded.kind}`);
  return recorded.ticket;
}

/** Every row of every view, in order. */
export function dumpViews(root: string): Readonly<Record<string, readonly unknown[]>> {
  const db = new DatabaseSync(join(root, "log", "log.sqlite"), { readOnly: true });
  try {
    const names = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'view\\_%' ESCAPE '\\' ORDER BY name").all();
    return Object.fromEntries(names.map(({ name }) => [String(name), db.prepare(`SELECT * FROM ${name} ORDER BY 1`).all()]));
  } finally {
    db.close();
  }
}
