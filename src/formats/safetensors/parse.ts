import type { ByteSource } from "../../bytes.ts";
import type { Anomaly, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { Anomalies, shown } from "../strict-json/anomalies.ts";
import type { JsonMember } from "../strict-json/node.ts";
import { readMembers } from "../strict-json/read.ts";
import { type TypeCount, TypeHistogram } from "./histogram.ts";
import { type Extent, fewExtents, type Layout, layoutOf } from "./layout.ts";
import { type TensorSpan, tensorOf } from "./tensor.ts";

export interface SafetensorsFacts {
  /** Length of the JSON header; 0 when there is none to read. */
  readonly headerBytes: number;
  /** File offset of the data section: 8 + `headerBytes`. */
  readonly dataStart: number;
  /** In the order of the header; duplicates too. */
  readonly tensors: readonly TensorSpan[];
  /** `__metadata__`: entries up to `METADATA_TOTAL_CHARS` in sum, values cut to `METADATA_CHARS`. */
  readonly metadata: readonly MetadataEntry[];
  /** Entries that are texts, kept or not. */
  readonly metadataCount: number;
  /** Elements of all tensors. */
  readonly parameters: number;
  readonly dtypes: readonly TypeCount[];
  /** Bytes that no tensor and no part of the header owns. */
  readonly unowned: readonly Extent[];
}

export interface MetadataEntry {
  readonly key: string;
  readonly value: string;
  /** File offset of the key. */
  readonly at: number;
}

export const METADATA_CHARS = 65_536;
/** What an entry costs beside its value. */
const ENTRY_CHARS = 200;
const METADATA_TOTAL_CHARS = 8 * 1024 * 1024;
const PREFIX_BYTES = 8;

/**
 * u64le length N, N bytes of JSON, then the data section. Only the header is read. https://github.com/huggingface/safetensors#format
 * Anomaly offsets are file offsets. `broken` when the header cannot be read as an object; then all bytes after the break are unowned.
 */
export async function parseSafetensors(bytes: ByteSource, budget: Budget): Promise<Parsed<SafetensorsFacts>> {
  const header = new Header(budget, bytes.size);
  if (bytes.size < PREFIX_BYTES) return header.end("broken", 0, "shorter than the length prefix");
  const prefix = await bytes.read(0, PREFIX_BYTES);
  const length = new DataView(prefix.buffer, prefix.byteOffset, PREFIX_BYTES).getBigUint64(0, true);
  if (length > BigInt(bytes.size - PREFIX_BYTES))
    return header.end("broken", 0, `a header of ${length} bytes runs past the end of the file: it is truncated or no safetensors file`);
  const { maxHeaderBytes } = budget.limits;
  if (length > BigInt(maxHeaderBytes)) return header.end("limit", 0, `a header of ${length} bytes is over maxHeaderBytes of ${maxHeaderBytes}`);
  try {
    budget.hold(Number(length));
    const text = await bytes.read(PREFIX_BYTES, Number(length));
    const parsed = header.read(text);
    budget.release(Number(length));
    return parsed;
  } catch (error) {
    if (error instanceof LimitError) return header.end("limit", 0, error.message);
    throw error;
  }
}

class Header {
  readonly #budget: Budget;
  readonly #size: number;
  readonly #anomalies = new Anomalies();
  readonly #tensors: TensorSpan[] = [];
  readonly #metadata: MetadataEntry[] = [];
  readonly #types = new TypeHistogram();
  #metadataCount = 0;
  #metadataChars = 0;
  #headerBytes = 0;

  constructor(budget: Budget, size: number) {
    this.#budget = budget;
    this.#size = size;
  }

  read(text: Uint8Array): Parsed<SafetensorsFacts> {
    this.#headerBytes = text.length;
    const document = readMembers(text, this.#budget, (member) => this.#member(member));
    for (const anomaly of document.anomalies) this.#anomalies.add(...fromHeader(anomaly));
    if (document.kind !== "parsed") return this.end(document.kind, PREFIX_BYTES + (document.at ?? 0), `the header: ${document.why ?? "unreadable"}`);
    const layout = layoutOf(this.#tensors, this.#dataStart, this.#size);
    this.#noteLayout(layout);
    const afterHeader = document.anomalies.find(({ kind }) => kind === "trailing-bytes");
    const unowned = [...layout.gaps, ...(layout.trailing === null ? [] : [layout.trailing])];
    if (afterHeader !== undefined) unowned.unshift({ begin: PREFIX_BYTES + afterHeader.at, end: this.#dataStart });
    return { kind: "parsed", facts: this.#facts(fewExtents(unowned)), anomalies: this.#anomalies.list };
  }

  /** The result when the header could not be read to its end: from there on nobody owns anything. */
  end(kind: "broken" | "limit", at: number, why: string): Parsed<SafetensorsFacts> {
    const begin = Math.max(at, PREFIX_BYTES);
    const unowned = begin < this.#size ? [{ begin, end: this.#size }] : [];
    return { kind, facts: this.#facts(unowned), anomalies: this.#anomalies.list, at, why };
  }

  get #dataStart(): number {
    return PREFIX_BYTES + this.#headerBytes;
  }

  #facts(unowned: readonly Extent[]): SafetensorsFacts {
    return {
      headerBytes: this.#headerBytes,
      dataStart: this.#dataStart,
      tensors: this.#tensors,
      metadata: this.#metadata,
      metadataCount: this.#metadataCount,
      parameters: this.#types.parameters,
      dtypes: this.#types.list(),
      unowned,
    };
  }

  #member(member: JsonMember): void {
    if (member.key === "__metadata__") {
      this.#readMetadata(member);
      return;
    }
    const tensor = tensorOf(member, this.#dataStart, this.#size, this.#anomalies);
    if (tensor === null) return;
    if (this.#tensors.length >= this.#budget.limits.maxEntries) throw new LimitError("maxEntries", this.#budget.limits.maxEntries);
    this.#tensors.push(tensor);
    this.#types.add(tensor.dtype, tensor.elements ?? 0);
  }

  #readMetadata({ at, value }: JsonMember): void {
    if (value.kind === "literal" && value.value === null) return;
    if (value.kind !== "object") {
      this.#anomalies.add("metadata-not-text", PREFIX_BYTES + at, "__metadata__ is not an object of texts");
      return;
    }
    for (const entry of value.members) {
      const at = PREFIX_BYTES + entry.at;
      if (entry.value.kind === "string") this.#keepMetadata(entry.key, entry.value.value, at);
      else this.#anomalies.add("metadata-not-text", at, `metadata ${shown(entry.key)} is not a text but ${entry.value.kind}`);
    }
  }

  #keepMetadata(key: string, value: string, at: number): void {
    this.#metadataCount++;
    this.#metadataChars += Math.min(value.length, METADATA_CHARS) + ENTRY_CHARS;
    if (this.#metadataChars <= METADATA_TOTAL_CHARS) this.#metadata.push({ key: key.slice(0, 200), value: value.slice(0, METADATA_CHARS), at });
  }

  #noteLayout(layout: Layout): void {
    for (const gap of layout.gaps) this.#anomalies.add("gap", gap.begin, `${gap.end - gap.begin} bytes at ${gap.begin} belong to no tensor`);
    for (const { begin, end, first, second } of layout.overlaps)
      this.#anomalies.add("overlap", begin, `tensors ${shown(first)} and ${shown(second)} share ${end - begin} bytes`);
    const { trailing } = layout;
    if (trailing !== null) this.#anomalies.add("trailing-bytes", trailing.begin, `${trailing.end - trailing.begin} bytes follow the last tensor`);
  }
}

/** An oddity of the JSON document, at its place in the file. */
function fromHeader({ kind, at, what }: Anomaly): readonly [string, number, string] {
  return [
    kind === "trailing-bytes" ? "header-trailing-bytes" : kind,
    PREFIX_BYTES + at,
    kind === "trailing-bytes" ? "bytes follow the JSON of the header" : what,
  ];
}
