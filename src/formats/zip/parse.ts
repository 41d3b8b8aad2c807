import type { ByteSource } from "../../bytes.ts";
import type { Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { type Directory, readDirectories } from "./directory.ts";
import type { Unowned, ZipFacts, ZipMember } from "./facts.ts";
import { readHidden } from "./hidden.ts";
import { MemberReader, type Placed } from "./member.ts";
import { Notes } from "./notes.ts";
import { type CentralRecord, type Header, nameOf, readLocal } from "./records.ts";
import { gapsOf, type Span } from "./spans.ts";
import { Verifier } from "./verify.ts";

/** No opcodes that call anything are shorter. */
const LEAST_COMMENT_BYTES = 8;
const MAX_UNOWNED = 256;
/** What a member takes in memory besides its names: facts, span, and its place in the indexes that formats make. */
const MEMBER_BYTES = 512;
/** Apart, because what lies between two extra fields is owned: they cannot be searched as one stretch. */
const MAX_EXTRA_FIELDS = 16_384;

/**
 * Reads a zip archive in every way that some reader does (APPNOTE 6.3.10): all directories that an end record can lead to, local headers beside
 * their central records, entries that no directory lists, and the bytes between. Each member is checked against its size and CRC-32.
 */
export async function parseZip(source: ByteSource, budget: Budget): Promise<Parsed<ZipFacts>> {
  const reading = new ZipReader(source, budget);
  try {
    const broken = await reading.run();
    return reading.result(broken === null ? "parsed" : "broken", broken ?? undefined);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return reading.result("limit", error.message);
  } finally {
    reading.close();
  }
}

class ZipReader {
  readonly #source: ByteSource;
  readonly #budget: Budget;
  readonly #notes = new Notes();
  readonly #members: ZipMember[] = [];
  readonly #unowned: Unowned[] = [];
  readonly #extraFields: Unowned[] = [];
  readonly #spans: Span[] = [];
  #held = 0;

  constructor(source: ByteSource, budget: Budget) {
    this.#source = source;
    this.#budget = budget;
  }

  /** Gives back what was held while members were collected. */
  close(): void {
    this.#budget.release(this.#held);
    this.#held = 0;
  }

  result(kind: Parsed<ZipFacts>["kind"], why?: string): Parsed<ZipFacts> {
    const facts = { size: this.#source.size, members: this.#members, unowned: [...fewUnowned(this.#unowned), ...this.#extraFields] };
    return { kind, facts, anomalies: this.#notes.all(), ...(why === undefined ? {} : { why }) };
  }

  /** Yields why the archive is broken, or null. */
  async run(): Promise<string | null> {
    const directory = await readDirectories(this.#source, this.#budget, this.#notes);
    this.#spans.push(...directory.owned);
    const reader = new MemberReader(this.#source, this.#budget, new Verifier(this.#source, this.#budget, directory.shared), this.#notes);
    const lost = await this.#listed(directory, reader);
    await this.#gaps(directory, reader);
    for (const { offset, size } of directory.comments) this.#unowned.push({ kind: "comment", offset, size });
    if (!directory.found) return "no end of central directory record";
    if (lost > 0) return `${lost} entries have no local header where the directory says`;
    return null;
  }

  async #listed({ entries, shared }: Directory, reader: MemberReader): Promise<number> {
    let lost = 0;
    const seen = new Set<string>();
    for await (const { record, localAt } of entries()) {
      this.#budget.steps(8);
      this.#unaccounted(record);
      if (record.comment.size >= LEAST_COMMENT_BYTES) this.#unowned.push({ kind: "comment", ...record.comment });
      if (shared.has(localAt)) {
        const key = `${localAt} ${record.rawName} ${record.method} ${record.compressedSize} ${record.crc32}`;
        if (seen.has(key)) {
          this.#notes.add("repeated-record", record.at, `${JSON.stringify(nameOf(record).slice(0, 120))} is listed twice, word for word`);
          continue;
        }
        seen.add(key);
      }
      const local = await this.#localOf(record, localAt);
      if (local === null) {
        lost++;
        this.#notes.add("no-local-header", record.at, `${JSON.stringify(nameOf(record).slice(0, 120))} has no local header at ${record.localOffset}`);
      } else {
        this.#unaccounted(local);
        this.#keep(await reader.read(local, record));
      }
    }
    return lost;
  }

  #unaccounted({ unaccounted }: Header): void {
    for (const span of unaccounted) {
      if (this.#extraFields.length < MAX_EXTRA_FIELDS) this.#extraFields.push({ kind: "extra-field", ...span });
      else this.#notes.add("extra-fields-cut", span.offset, `more than ${MAX_EXTRA_FIELDS} extra fields of no known kind, not all of them searched`);
    }
  }

  /** At the shifted offset, as readers that find the directory from its end do, else at the stated one. */
  async #localOf({ localOffset }: CentralRecord, localAt: number): Promise<Header | null> {
    return (await readLocal(this.#source, localAt)) ?? (localAt === localOffset ? null : await readLocal(this.#source, localOffset));
  }

  #keep({ member, span, slack }: Placed): void {
    if (this.#members.length >= this.#budget.limits.maxEntries) throw new LimitError("maxEntries", this.#budget.limits.maxEntries);
    const bytes = member.names.reduce((sum, name) => sum + name.length, MEMBER_BYTES);
    this.#budget.hold(bytes);
    this.#held += bytes;
    this.#members.push(member);
    this.#spans.push(span);
    if (slack !== undefined) this.#unowned.push({ kind: "gap", ...slack });
  }

  async #gaps({ found }: Directory, reader: MemberReader): Promise<void> {
    const { gaps, overlaps } = gapsOf(this.#spans, this.#source.size);
    for (const { at, size } of overlaps) this.#notes.add("overlap", at, `two entries claim the same ${size} bytes`);
    const first = this.#members.reduce((least, { at }) => Math.min(least, at), this.#source.size);
    for (const gap of gaps) await this.#gap(await this.#hiddenIn(gap, found, reader), first, found);
  }

  async #gap(rest: Span, firstMember: number, found: boolean): Promise<void> {
    if (rest.size === 0 || (await isZero(this.#source, rest, this.#budget))) return;
    const ends = rest.offset + rest.size;
    const kind = ends === this.#source.size ? "appended" : ends <= firstMember ? "prepended" : "gap";
    this.#unowned.push({ kind, ...rest });
    if (found) this.#notes.add(kind, rest.offset, `${rest.size} bytes that belong to no entry`);
  }

  /** Reads the chain of local headers that stands at the start of a gap; yields what is left behind it. */
  async #hiddenIn(gap: Span, found: boolean, reader: MemberReader): Promise<Span> {
    let { offset, size } = gap;
    for (;;) {
      this.#budget.steps(8);
      const local = await readHidden(this.#source, { offset, size }, this.#budget);
      if (local === null) return { offset, size };
      this.#unaccounted(local);
      const placed = await reader.read(local, null);
      this.#keep(placed);
      if (found) this.#notes.add("no-central-record", offset, `${JSON.stringify(nameOf(local).slice(0, 120))} is in the archive and in no directory`);
      const taken = Math.min(placed.span.size, size);
      offset += taken;
      size -= taken;
    }
  }
}

/** Beyond the bound the last one spans all that are left, so that searching them misses nothing. */
function fewUnowned(unowned: readonly Unowned[]): readonly Unowned[] {
  if (unowned.length <= MAX_UNOWNED) return unowned;
  const rest = unowned.slice(MAX_UNOWNED - 1);
  const offset = rest.reduce((least, each) => Math.min(least, each.offset), Number.POSITIVE_INFINITY);
  const end = rest.reduce((most, each) => Math.max(most, each.offset + each.size), 0);
  return [...unowned.slice(0, MAX_UNOWNED - 1), { kind: "gap", offset, size: end - offset }];
}

const WINDOW_BYTES = 1024 * 1024;

async function isZero(source: ByteSource, { offset, size }: Span, budget: Budget): Promise<boolean> {
  for (let at = 0; at < size; at += WINDOW_BYTES) {
    const length = Math.min(WINDOW_BYTES, size - at);
    budget.steps(Math.ceil(length / 1024));
    const bytes = await source.read(offset + at, length);
    if (bytes.some((byte) => byte !== 0)) return false;
  }
  return true;
}
