import type { Digest } from "../digest.ts";
import { aliasesByArtifact } from "./aliases.ts";
import { type Latest, type Listed, latestOf, listedFrom, standingIn } from "./list.ts";
import { nowOf, type ReadStore, readText, wordsOf } from "./store.ts";

export interface CatalogueQuery {
  readonly decision?: Listed["decision"] | undefined;
  readonly standing?: Listed["standing"] | undefined;
  /** Part of a name or an alias in any case, or the beginning of a digest. */
  readonly text?: string | undefined;
  /** Log index of the last decision of the page before. */
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface CataloguePage {
  readonly items: readonly CatalogueItem[];
  /** `before` of the next page; null on the last. */
  readonly next: number | null;
}

/** `index`: of its latest decision. */
export interface CatalogueItem extends Listed {
  readonly index: number;
}

interface Known {
  readonly row: Latest;
  /** Lower case, as somebody may search for it. */
  readonly name: string;
}

/**
 * What is registered, kept in memory so that a page of ten thousand models costs milliseconds. It follows the log: what changed is read again. Names are
 * read from their blobs once more for the page that is given out, so that one that was erased is told to nobody.
 */
export class Catalogue {
  readonly #store: ReadStore;
  readonly #origin: string;
  readonly #version: () => number;
  #seen = -1;
  #upTo = -1;
  /** By artifact. */
  readonly #known = new Map<string, Known>();
  #newestFirst: readonly Known[] = [];
  /** The longest first. */
  #pending: readonly Latest[] = [];
  #counted: { readonly atMs: number; readonly counts: Counts } | undefined;
  #aliases: ReadonlyMap<Digest, readonly string[]> = new Map();
  #refreshing: Promise<void> | undefined;

  /** `version`: a number that changes when somebody has added to the log. */
  constructor(store: ReadStore, origin: string, version: () => number) {
    this.#store = store;
    this.#origin = origin;
    this.#version = version;
  }

  /** The newest decision first. */
  async page(query: CatalogueQuery): Promise<CataloguePage> {
    await this.#refresh();
    const now = nowOf(this.#store);
    const text = query.text?.toLowerCase().replace(/^sha256:/, "");
    const shown: Latest[] = [];
    for (const known of this.#newestFirst) {
      const { row } = known;
      if (query.before !== undefined && row.decision_idx >= query.before) continue;
      if (query.decision !== undefined && row.outcome !== query.decision) continue;
      if (query.standing !== undefined && standingIn({ ...row, notAfter: row.not_after }, now) !== query.standing) continue;
      if (text !== undefined && !this.#matches(known, text)) continue;
      shown.push(row);
      if (shown.length > query.limit) break;
    }
    const items = shown.slice(0, query.limit);
    return {
      items: await Promise.all(items.map((row) => this.#item(row))),
      next: shown.length > items.length ? (items.at(-1)?.decision_idx ?? null) : null,
    };
  }

  /** What waits for an approval and may still get one, the longest first. `after`: log index of the last decision of the page before. */
  async pending({ after = -1, limit }: { readonly after?: number | undefined; readonly limit: number }): Promise<CataloguePage> {
    await this.#refresh();
    const held = this.#pending.filter(({ decision_idx: index }) => index > after);
    const items = held.slice(0, limit);
    return {
      items: await Promise.all(items.map((row) => this.#item(row))),
      next: held.length > items.length ? (items.at(-1)?.decision_idx ?? null) : null,
    };
  }

  /** As of at most five seconds ago, where nothing but time has changed. */
  async counts(): Promise<Counts> {
    await this.#refresh();
    const nowMs = this.#store.surroundings.now().getTime();
    if (this.#counted !== undefined && Math.abs(nowMs - this.#counted.atMs) < COUNTED_FOR_MS) return this.#counted.counts;
    const counts = this.#count(nowMs);
    this.#counted = { atMs: nowMs, counts };
    return counts;
  }

  #count(nowMs: number): Counts {
    const now = new Date(nowMs).toISOString();
    const soon = new Date(nowMs + EXPIRING_MS).toISOString();
    const byDecision = { allow: 0, deny: 0, hold: 0 };
    const byStanding = emptyStandings();
    let expiring = 0;
    for (const { row } of this.#newestFirst) {
      const standing = standingIn({ ...row, notAfter: row.not_after }, now);
      byDecision[row.outcome]++;
      byStanding[standing]++;
      if (standing === "good" && row.not_after !== null && row.not_after < soon) expiring++;
    }
    return { artifacts: this.#newestFirst.length, byDecision, byStanding, expiring, pending: this.#pending.length };
  }

  #matches({ row, name }: Known, text: string): boolean {
    if (name.includes(text) || row.artifact.startsWith(`sha256:${text}`)) return true;
    return this.#aliases.get(row.artifact as Digest)?.some((alias) => alias.toLowerCase().includes(text)) === true; // the projector wrote it
  }

  async #item(row: Latest): Promise<CatalogueItem> {
    return { ...(await listedFrom(this.#store, this.#origin, row)), index: row.decision_idx };
  }

  /** Concurrent callers share one refresh. */
  #refresh(): Promise<void> {
    this.#refreshing ??= this.#follow().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #follow(): Promise<void> {
    const version = this.#version();
    if (version === this.#seen) return;
    const acts = await this.#store.db
      .selectFrom("view_acts")
      .select(["idx", "kind", "subject"])
      .where("idx", ">", this.#upTo)
      .orderBy("idx")
      .execute();
    if (acts.some(({ kind }) => kind === "alias")) this.#aliases = await aliasesByArtifact(this.#store);
    const changed = new Set(acts.filter(({ kind }) => kind === "admission" || kind === "revocation").map(({ subject }) => subject));
    for (const batch of batchesOf([...changed])) {
      const rows = await latestOf(this.#store).where("a.artifact", "in", batch).execute();
      await Promise.all(rows.map(async (row) => this.#known.set(row.artifact, { row, name: await this.#nameOf(row) })));
    }
    if (changed.size > 0) {
      this.#newestFirst = [...this.#known.values()].sort((a, b) => b.row.decision_idx - a.row.decision_idx);
      this.#pending = this.#newestFirst.flatMap(({ row }) => (isPending(row) ? [row] : [])).reverse();
      this.#counted = undefined;
    }
    this.#upTo = acts.at(-1)?.idx ?? this.#upTo;
    this.#seen = version;
  }

  async #nameOf(row: Latest): Promise<string> {
    return wordsOf(await readText(this.#store, row.name))?.toLowerCase() ?? "";
  }
}

export interface Counts {
  readonly artifacts: number;
  readonly byDecision: Readonly<Record<Listed["decision"], number>>;
  readonly byStanding: Readonly<Record<Listed["standing"], number>>;
  /** Tickets in good standing that end within 14 days. */
  readonly expiring: number;
  readonly pending: number;
}

const COUNTED_FOR_MS = 5000;
const EXPIRING_MS = 14 * 24 * 60 * 60_000;

function isPending({ outcome, act }: Latest): boolean {
  return outcome === "hold" && act !== "revoke" && act !== "suspend";
}

function emptyStandings(): Record<Listed["standing"], number> {
  return { good: 0, expired: 0, revoked: 0, suspended: 0, unknown: 0, stale: 0, none: 0 };
}

/** SQLite takes at most 32,766 bound values; a few hundred at a time also keep the files open at once few. */
function* batchesOf(items: readonly string[]): Generator<readonly string[]> {
  for (let from = 0; from < items.length; from += 500) yield items.slice(from, from + 500);
}
