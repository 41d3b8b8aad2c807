import type { Principal } from "../../src/access/principal.ts";
import type { CallRecord } from "../../src/audit/index.ts";
import type { Digest } from "../../src/digest.ts";
import type { Deployment } from "../../src/registry/index.ts";
import type { ServerParts } from "../../src/server/parts.ts";
import { ADA, GRACE, HOSTILE_FILE, HOSTILE_NAME, HOSTILE_REASON, LINUS, LONG_NAME, Models } from "./console-models.ts";
import { LOOKED_AT, type Moment } from "./console-moment.ts";

/** What the tests ask for by name. */
export interface Story {
  readonly heron: Digest;
  readonly falcon: Digest;
  readonly revoked: Digest;
  readonly suspended: Digest;
  readonly contracts: Digest;
  readonly held: Digest;
  readonly ofGrace: Digest;
  readonly hostile: Digest;
  readonly deployments: readonly Deployment[];
}

const ADMINISTRATOR: Principal = {
  id: ADA,
  name: "ada",
  kind: "person",
  roles: ["viewer", "operator", "approver", "admin"],
  scopes: ["infer", "api"],
  team: null,
  deployments: null,
  dataClass: "restricted",
  limits: { requestsPerMinute: null, tokensPerDay: null },
};
const PREPARE = { "prepare.py": 'print("Tell me about herons.")\n' };
const HOSTILE_FILES = {
  [HOSTILE_FILE]: "print(1)\n",
  "config.json": JSON.stringify({ model_type: "llama", auto_map: { AutoModel: "<img src=x onerror=pwned=7>.Model" }, _name_or_path: HOSTILE_NAME }),
};

/** Three weeks of an installation in which a bit of everything happened. */
export async function tellStory(parts: ServerParts, moment: Moment): Promise<Story> {
  const { registry } = parts;
  const models = new Models(parts, moment);
  try {
    await registry.changeRole({ who: GRACE, role: "approver", effect: "grant", principal: ADA });
    await registry.changeRole({ who: GRACE, role: "operator", effect: "grant", principal: ADA });
    await registry.changeRole({ who: LINUS, role: "viewer", effect: "grant", principal: ADA });
    const heron = await models.admit({ name: "heron/clean-heron", principal: ADA });
    const reranker = await models.admit({
      name: "search/reranker-v4",
      principal: GRACE,
      files: { "NOTICE.md": "Reranker, fourth edition.\n", "merges.txt": "r e\n" },
    });
    const falcon = await models.admit({ name: "hub/trapped-falcon", principal: ADA, from: "trapped-falcon" });
    const revoked = await models.admit({ name: "hub/kestrel-8b-instruct", principal: ADA, files: { "NOTICE.md": "Kestrel.\n" } });
    const suspended = await models.admit({ name: "audio/warbler-small", principal: GRACE, files: { "NOTICE.md": "Warbler.\n" } });
    const contracts = await models.admit({ name: "legal/contract-reader", principal: LINUS, files: { "train.py": "print(2)\n" } });
    await models.approve(contracts, GRACE, "Read train.py: it prints one number, and no loader imports it.");
    const deployments = [
      await deploy(parts, heron, "heron", { url: "http://127.0.0.1:11434", model: "heron:latest" }, "ollama", "0.9.2"),
      await deploy(parts, reranker, "search-reranker", { url: "http://10.0.4.17:8000", model: null }, "vllm", "0.11.0"),
      await deploy(parts, revoked, "kestrel", { url: "http://10.0.4.18:8000", model: null }, "vllm", null),
    ];
    const ofGrace = await models.admit({
      name: "search/reranker-v5",
      principal: GRACE,
      files: { "NOTICE.md": "Reranker, fifth edition.\n", "merges.txt": "r e\n", ...PREPARE },
    });
    const hostile = await models.admit({ name: HOSTILE_NAME, principal: "token:<i>ci</i>", files: HOSTILE_FILES });
    await models.admit({ name: LONG_NAME, principal: ADA, files: { "NOTICE.md": "Long.\n", "train.py": "print(3)\n" } });
    const held = await models.admit({ name: "hub/ibis-3b", principal: ADA, files: { "NOTICE.md": "Ibis.\n", ...PREPARE } });
    moment.moveTo("2026-11-19T16:20:00.000Z");
    await registry.nameArtifact({ artifact: heron, alias: "heron", principal: ADA });
    await registry.nameArtifact({ artifact: heron, alias: "prod/heron", principal: ADA });
    await registry.changeStanding({
      artifact: revoked,
      effect: "revoke",
      reason: "The publisher withdrew it: see their note of 18 November.",
      principal: ADA,
    });
    await registry.changeStanding({ artifact: suspended, effect: "suspend", reason: HOSTILE_REASON, principal: GRACE });
    moment.moveTo("2026-11-21T09:12:00.000Z");
    tellTokens(parts);
    await tellCalls(parts, deployments);
    moment.moveTo(LOOKED_AT);
    return { heron, falcon, revoked, suspended, contracts, held, ofGrace, hostile, deployments };
  } finally {
    await models.close();
  }
}

function deploy(
  { registry }: ServerParts,
  artifact: Digest,
  name: string,
  { url, model }: { readonly url: string; readonly model: string | null },
  engine: string,
  version: string | null,
): Promise<Deployment> {
  const upstream = { url, addresses: [new URL(url).hostname], model };
  return registry.deploy({ artifact, name, upstream, engine: { name: engine, version }, principal: ADA });
}

function tellTokens({ tokens }: ServerParts): void {
  const by = ADMINISTRATOR;
  tokens.create(
    {
      name: "CI of the search team",
      scopes: ["infer", "api"],
      roles: ["operator"],
      team: "search",
      deployments: ["search-reranker"],
      dataClass: "confidential",
      requestsPerMinute: 600,
      days: 30,
    },
    by,
  );
  tokens.create({ name: HOSTILE_NAME.slice(0, 90), scopes: ["infer"], roles: [], dataClass: "internal", days: 7 }, by);
}

async function tellCalls({ audit }: ServerParts, deployments: readonly Deployment[]): Promise<void> {
  for (let i = 0; i < 70; i++) await audit.append(callOf(i, deployments));
}

/** One of the calls of the last two hours; every eleventh was refused, every seventeenth limited. */
export function callOf(i: number, deployments: readonly Deployment[]): CallRecord {
  const outcome = i % 11 === 4 ? "refused" : i % 17 === 6 ? "limited" : "allowed";
  const deployment = deployments[outcome === "refused" ? 2 : i % 2];
  const answered = outcome === "allowed";
  return {
    kind: "call",
    at: new Date(Date.parse(LOOKED_AT) - (70 - i) * 97_000).toISOString(),
    request: `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`,
    principal: i % 5 === 3 ? "token:notebook" : "token:ci-search",
    team: i % 5 === 3 ? null : "search",
    deployment: deployment?.id ?? null,
    artifact: deployment?.artifact ?? null,
    level: "declared",
    surface: i % 2 === 0 ? "chat.completions" : "embeddings",
    dataClass: i % 3 === 0 ? "confidential" : "internal",
    decision: null,
    outcome,
    code: { allowed: null, refused: "model_revoked", limited: "token_budget" }[outcome],
    status: { allowed: 200, refused: 403, limited: 429 }[outcome],
    streamed: i % 4 === 0,
    inputTokens: answered ? 90 + ((i * 37) % 700) : null,
    outputTokens: answered ? 20 + ((i * 53) % 400) : null,
    usage: answered ? "upstream" : null,
    durationMs: 90 + ((i * 389) % 2600),
  };
}
