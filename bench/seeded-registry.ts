import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Digest, digestOf, hexOf } from "../src/digest.ts";
import { type Admission, admissionJson } from "../src/evidence/admission.ts";
import { PREDICATE } from "../src/evidence/predicate-types.ts";
import { saltedOf } from "../src/evidence/salted.ts";
import { currentKey } from "../src/evidence/trust.ts";
import { canonicalJson, type Json } from "../src/json.ts";
import { foldersOf, outsideCheckpointOf } from "../src/registry/data-directory.ts";
import { entryBytes } from "../src/registry/entries.ts";
import { openRegistry, SYSTEM } from "../src/registry/index.ts";
import { readTicketKey } from "../src/registry/keys.ts";
import { startLog } from "../src/registry/log-worker.ts";

const DAY_MS = 24 * 60 * 60_000;

/** An installation with this many models, of which one in ten waits and one in ten was denied; each with a name, and one in five with an alias. */
export async function seedRegistry(root: string, stateFolder: string, models: number): Promise<void> {
  const registry = await openRegistry(root, { surroundings: SYSTEM, stateFolder });
  const policies = "policies of a benchmark";
  await registry.recordPolicySet({ digest: digestOf(policies), text: policies, principal: "bench" });
  const trust = await registry.trust();
  await registry.close();
  const { keys, log: dir, blobs } = foldersOf(root);
  const key = readTicketKey(keys, currentKey(trust).keyid);
  const put = (bytes: Uint8Array): Digest => {
    const digest = digestOf(bytes);
    const path = join(blobs, hexOf(digest).slice(0, 2), hexOf(digest));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes); // many at once, and no fsync for each: nothing here outlives the benchmark
    return digest;
  };
  const text = (value: Json) => put(saltedOf(value, SYSTEM.randomBytes(32)).bytes);
  const log = await startLog({
    dir,
    keys,
    blobs,
    origin: trust.origin,
    rebuild: false,
    outsideCheckpoint: outsideCheckpointOf(stateFolder, trust.origin),
  });
  const now = Date.now();
  const append = (statement: Parameters<typeof entryBytes>[0]) => log.append(entryBytes(statement, key));
  for (let from = 0; from < models; from += 500) {
    await Promise.all(
      Array.from({ length: Math.min(500, models - from) }, (_, i) => from + i).map(async (n) => {
        const subject = put(
          Buffer.from(canonicalJson({ entries: [], leftOut: [".cache/huggingface", ".git"], n, schema: "weighbridge.manifest/1" })),
        );
        const outcome = n % 10 === 0 ? "hold" : n % 10 === 1 ? "deny" : "allow";
        const evaluatedAt = new Date(now + n).toISOString();
        const admission: Admission = {
          outcome,
          reasons:
            outcome === "allow"
              ? []
              : [{ policy: "review-findings", effect: "forbid", ...(outcome === "hold" ? { waiver: { role: "approver" } } : {}) }],
          context: put(Buffer.from(`{"n":${n}}`)),
          policySet: digestOf(policies),
          evaluatedAt,
          notAfter: outcome === "allow" ? new Date(now + 90 * DAY_MS).toISOString() : null,
          omsRoot: null,
          evidence: [],
          name: text(`hf:organisation-${n % 97}/model-${n}-instruct`),
          principal: text(`oidc:https://id.example#person-${n % 31}`),
          texts: text(outcome === "allow" ? [] : ["A finding of medium severity: a person has to look at it."]),
        };
        await append({ subject, predicateType: PREDICATE.admission, predicate: admissionJson(admission) });
        if (n % 5 === 0)
          await append({
            subject,
            predicateType: PREDICATE.alias,
            predicate: { alias: text(`team-${n % 13}/model-${n}`), at: evaluatedAt, principal: text("bench") },
          });
      }),
    );
  }
  await log.close();
}
