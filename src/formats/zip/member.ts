import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import type { ZipMember, ZipReading } from "./facts.ts";
import type { Notes } from "./notes.ts";
import { readMember } from "./read-member.ts";
import { type CentralRecord, type Header, nameOf } from "./records.ts";
import { DESCRIPTOR } from "./signatures.ts";
import type { Span } from "./spans.ts";
import type { Claim, Verified, Verifier } from "./verify.ts";

const HAS_DESCRIPTOR = 0x8;
/** Encrypted, patched data, strongly encrypted, masked headers: readers that see one of them refuse the entry. */
const REFUSED_FLAGS = 0x2061;
const CIPHER_METHOD = 99;
const MORE_THAN_CHANCE = 64;
const LINK_MODE = 0xa000;
const MAX_LINK_BYTES = 4096;

export interface Placed {
  readonly member: ZipMember;
  /** Header, data and descriptor. */
  readonly span: Span;
  readonly slack?: Span;
}

/** Joins what directory and local header say about one member. One of them may be missing. */
export class MemberReader {
  readonly #source: ByteSource;
  readonly #budget: Budget;
  readonly #verifier: Verifier;
  readonly #notes: Notes;

  constructor(source: ByteSource, budget: Budget, verifier: Verifier, notes: Notes) {
    this.#source = source;
    this.#budget = budget;
    this.#verifier = verifier;
    this.#notes = notes;
  }

  /** @param central null for an entry that no directory lists */
  async read(local: Header, central: CentralRecord | null): Promise<Placed> {
    const from = central ?? local;
    if (central !== null) this.#compare(local, central);
    const offset = local.at + local.bytes;
    const claims = this.#claims(offset, local, central);
    const verified: Verified[] = [];
    for (const claim of claims) verified.push(await this.#verifier.verify(claim));
    const [first] = verified;
    const flagged = (((central?.flags ?? 0) | local.flags) & REFUSED_FLAGS) !== 0 || from.method === CIPHER_METHOD;
    const encrypted = flagged && !verified.some((each) => looksPlain(each, from));
    const names = this.#names(local, central);
    const label = () => show(names[0] ?? "");
    if (flagged && !encrypted) this.#notes.add("flag-lies", from.at, `${label()} is marked as encrypted or patched, and its bytes are plain`);
    if (!encrypted) for (const { reading } of verified) this.#noteCheck(reading, local.at, label);
    const dataBytes = Math.max(...claims.map(({ compressedSize }) => compressedSize), 0);
    const descriptor = await this.#descriptor(offset + (claims[0]?.compressedSize ?? 0), local, central, claims[0], label);
    const link = await this.#link(central, first?.reading);
    const slack = encrypted ? undefined : this.#slack(first, label);
    return {
      member: {
        names,
        at: local.at,
        listed: central !== null,
        directory: /[/\\]$/.test(names[0] ?? "") && dataBytes === 0,
        encrypted,
        ...(link === null ? {} : { link }),
        crc32: from.crc32,
        readings: encrypted ? verified.map(({ reading }) => ({ ...reading, check: "unread" as const })) : verified.map(({ reading }) => reading),
      },
      span: { offset: local.at, size: local.bytes + dataBytes + descriptor },
      ...(slack === undefined ? {} : { slack }),
    };
  }

  #compare(local: Header, central: CentralRecord): void {
    const label = () => show(nameOf(central));
    const note = (kind: string, what: string) => this.#notes.add(kind, local.at, what);
    if (local.rawName !== central.rawName) note("name-mismatch", `${label()} in the directory is ${show(nameOf(local))} in its local header`);
    if (local.method !== central.method)
      note("method-mismatch", `${label()} has method ${central.method} in the directory and ${local.method} in its local header`);
    if (((local.flags ^ central.flags) & REFUSED_FLAGS) !== 0)
      note("flag-mismatch", `${label()} is marked as encrypted or patched in only one of directory and local header`);
    const late = (local.flags & HAS_DESCRIPTOR) !== 0;
    const differs = (a: number, b: number) => a !== b && !(late && a === 0);
    if (differs(local.compressedSize, central.compressedSize) || differs(local.size, central.size))
      note(
        "size-mismatch",
        `${label()} has ${central.compressedSize} → ${central.size} bytes in the directory and ${local.compressedSize} → ${local.size} in its local header`,
      );
    if (differs(local.crc32, central.crc32)) note("crc-mismatch", `${label()} has different CRC-32 values in directory and local header`);
  }

  /** The distinct ways to read the data: by the directory first, then by the local header; each clipped to the file. */
  #claims(offset: number, local: Header, central: CentralRecord | null): readonly Claim[] {
    const late = (local.flags & HAS_DESCRIPTOR) !== 0 && local.compressedSize === 0;
    const headers = central === null ? [local] : late ? [central, { ...central, method: local.method }] : [central, local];
    const left = Math.max(this.#source.size - offset, 0);
    const claims: Claim[] = [];
    for (const header of headers) {
      const sizes = [header.compressedSize];
      // a stored member with two sizes has two ends
      if (header.method === 0 && header.size > header.compressedSize) sizes.push(header.size);
      for (const wanted of sizes) {
        if (wanted > left) this.#notes.add("out-of-bounds", local.at, `${show(nameOf(header))} has ${wanted} bytes where ${left} are left`);
        const claim = {
          header: local.at,
          method: header.method,
          offset: Math.min(offset, this.#source.size),
          compressedSize: Math.min(wanted, left),
          size: header.size,
          crc32: header.crc32,
        };
        if (!claims.some((c) => c.method === claim.method && c.compressedSize === claim.compressedSize)) claims.push(claim);
      }
    }
    return claims;
  }

  #names(local: Header, central: CentralRecord | null): readonly string[] {
    if (central?.rawName === local.rawName && central.unicodePath === null && local.unicodePath === null && !local.rawName.includes("\0"))
      return [nameOf(central)];
    const raw = [central, local].filter((header) => header !== null).flatMap((header) => [nameOf(header), header.unicodePath ?? nameOf(header)]);
    const cut = raw.filter((name) => name.includes("\0")).map((name) => name.slice(0, name.indexOf("\0")));
    const names = [...new Set([...raw, ...cut])];
    if (cut.length > 0) this.#notes.add("nul-in-name", local.at, `${show(raw[0] ?? "")} holds a NUL, at which some readers cut it`);
    if (new Set(raw.filter((_, i) => i < 2)).size > 1)
      this.#notes.add("name-mismatch", local.at, `${show(raw[0] ?? "")} has the other name ${show(raw[1] ?? "")} in its Unicode path field`);
    return names;
  }

  #noteCheck(reading: ZipReading, at: number, label: () => string): void {
    if (reading.check === "crc") this.#notes.add("bad-crc", at, `the CRC-32 of ${label()} does not match its bytes`);
    if (reading.check === "size") this.#notes.add("bad-size", at, `${label()} has ${reading.inflatedBytes} bytes, its header states ${reading.size}`);
    if (reading.check === "broken") this.#notes.add("broken-data", at, `the compressed bytes of ${label()} stop making sense`);
  }

  /** Length of the data descriptor behind the data, APPNOTE 4.3.9: with or without signature, narrow or wide. */
  async #descriptor(at: number, local: Header, central: CentralRecord | null, claim: Claim | undefined, label: () => string): Promise<number> {
    if (((local.flags | (central?.flags ?? 0)) & HAS_DESCRIPTOR) === 0 || claim === undefined) return 0;
    const bytes = Buffer.alloc(28);
    bytes.set(await this.#source.read(Math.min(at, this.#source.size), Math.max(0, Math.min(24, this.#source.size - at))));
    const signed = bytes.readUInt32LE(0) === DESCRIPTOR;
    const from = signed ? 4 : 0;
    const crcFits = bytes.readUInt32LE(from) === claim.crc32;
    const narrow = bytes.readUInt32LE(from + 4) === claim.compressedSize && bytes.readUInt32LE(from + 8) === claim.size;
    const wide = Number(bytes.readBigUInt64LE(from + 4)) === claim.compressedSize && Number(bytes.readBigUInt64LE(from + 12)) === claim.size;
    if (!signed && !(crcFits && (narrow || wide))) return 0;
    if (signed && !(crcFits && (narrow || wide)))
      this.#notes.add("descriptor-lies", at, `the data descriptor of ${label()} states other values than its header`);
    // where both fit, the four bytes behind the narrow form are a signature or the end
    return (
      from +
      (wide && !(narrow && claim.compressedSize + claim.size > 0)
        ? 20
        : narrow && wide && bytes.toString("latin1", from + 12, from + 14) !== "PK"
          ? 20
          : 12)
    );
  }

  /** A link's target is a short text in one line; what is longer or has control characters is read as a file by all readers that matter. */
  async #link(central: CentralRecord | null, reading: ZipReading | undefined): Promise<string | null> {
    if (central === null || reading === undefined || (central.unixMode & 0xf000) !== LINK_MODE || reading.inflatedBytes === 0) return null;
    const opened = await readMember(this.#source, reading, this.#budget, MAX_LINK_BYTES);
    if (opened === null || opened.bytes.size > MAX_LINK_BYTES) return null;
    const text = Buffer.from(await opened.bytes.read(0, opened.bytes.size)).toString("utf8");
    opened.close();
    return text === "" || /[\p{Cc}\ufffd]/u.test(text) ? null : text;
  }

  /** Bytes between the end of the compressed stream and the end of the member: no reader looks at them. */
  #slack(first: Verified | undefined, label: () => string): Span | undefined {
    if (first === undefined || first.reading.codec === "stored" || first.reading.codec === null) return undefined;
    if (first.reading.check === "broken" || first.reading.check === "bomb" || first.reading.check === "unread") return undefined;
    const size = first.reading.compressedSize - first.consumedBytes;
    if (size <= 0) return undefined;
    const offset = first.reading.offset + first.consumedBytes;
    this.#notes.add("data-slack", offset, `${size} bytes of ${label()} lie behind the end of its compressed stream`);
    return { offset, size };
  }
}

/**
 * Whether bytes marked as encrypted are plain all the same. Every cipher of zip puts a header before the data, so stored bytes of exactly the
 * stated size are plain; enciphered bytes do not inflate to their end, or yield a few bytes by chance.
 */
function looksPlain({ reading, consumedBytes }: Verified, header: Header): boolean {
  if (header.method === CIPHER_METHOD) return false;
  if (reading.check === "ok") return true;
  if (reading.codec === "stored") return reading.compressedSize === header.size;
  const ended = reading.check === "crc" || reading.check === "size" || reading.check === "bomb";
  return ended && (consumedBytes === reading.compressedSize || (reading.inflatedBytes ?? 0) >= MORE_THAN_CHANCE);
}

function show(name: string): string {
  return JSON.stringify(name.slice(0, 120));
}
