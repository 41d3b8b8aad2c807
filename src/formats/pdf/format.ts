import { constants, inflateSync } from "node:zlib";
import type { ByteSource } from "../../bytes.ts";
import type { ChildRef, Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { ACTIVE_NAMES, ENCRYPT, namesIn, OBJECT_STREAM } from "./active.ts";

export interface PdfFacts {
  /** Names of ACTIVE_NAMES that stand in it, each once, with the first place (in the object stream's own place for one inside). */
  readonly active: readonly { readonly name: string; readonly at: number }[];
  readonly encrypted: boolean;
  /** Object streams that could not be opened: names may be in them. */
  readonly closedStreams: number;
  /** After the last end-of-file mark and its line end; null where there is none. */
  readonly endsAt: number | null;
  readonly size: number;
}

const MAX_PDF_BYTES = 48 * 1024 * 1024;
const MAX_STREAM_BYTES = 32 * 1024 * 1024;
/** The dictionary of an object stream is followed by its data within this many bytes. */
const DICTIONARY_BYTES = 2048;
const STEP_BYTES = 64;

/** PDF: looks for names of active content in the syntax and in object streams, and for the end. Pages are not rendered; all bytes are handed out to be searched. */
export const pdfFormat: Format<PdfFacts> = {
  id: "pdf",
  async parse(bytes: ByteSource, budget: Budget): Promise<Parsed<PdfFacts>> {
    const scan = new PdfScan(bytes.size, budget);
    if (bytes.size > MAX_PDF_BYTES) return scan.result("limit", `a PDF of ${bytes.size} bytes is over ${MAX_PDF_BYTES}`);
    // Bytes and their text are held at once.
    const cost = bytes.size * 2;
    let held = 0;
    try {
      budget.hold(cost);
      held = cost;
      const all = await bytes.read(0, bytes.size);
      scan.run(Buffer.from(all.buffer, all.byteOffset, all.length));
      return scan.endsAt === null ? scan.result("broken", "no end-of-file mark") : scan.result("parsed");
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      return scan.result("limit", error.message);
    } finally {
      budget.release(held);
    }
  },
  children: ({ size }): readonly ChildRef[] => [{ name: "bytes", region: { in: "slice", offset: 0, size }, treatment: "search" }],
};

class PdfScan {
  endsAt: number | null = null;
  readonly #size: number;
  readonly #budget: Budget;
  readonly #active = new Map<string, number>();
  #encrypted = false;
  #closedStreams = 0;

  constructor(size: number, budget: Budget) {
    this.#size = size;
    this.#budget = budget;
  }

  run(bytes: Buffer): void {
    this.#budget.steps(Math.ceil(bytes.length / STEP_BYTES));
    const text = bytes.toString("latin1");
    const mark = text.lastIndexOf("%%EOF");
    // Line ends and padding after the mark still belong to the document.
    if (mark !== -1) this.endsAt = mark + 5 + (/^[\s\0]*/.exec(text.slice(mark + 5))?.[0].length ?? 0);
    this.#names(text, null, bytes);
  }

  result(kind: Parsed<PdfFacts>["kind"], why?: string): Parsed<PdfFacts> {
    const facts: PdfFacts = {
      active: [...this.#active].map(([name, at]) => ({ name, at })),
      encrypted: this.#encrypted,
      closedStreams: this.#closedStreams,
      endsAt: this.endsAt,
      size: this.#size,
    };
    return why === undefined ? { kind, facts, anomalies: [] } : { kind, facts, anomalies: [], why };
  }

  /** @param inside where the object stream stands whose text this is; null for the file itself, whose object streams are then opened. */
  #names(text: string, inside: number | null, bytes: Buffer): void {
    for (const { name, at } of namesIn(text)) {
      this.#budget.steps(1);
      if (Object.hasOwn(ACTIVE_NAMES, name) && !this.#active.has(name)) this.#active.set(name, inside ?? at);
      else if (inside !== null) continue;
      else if (name === ENCRYPT) this.#encrypted = true;
      else if (name === OBJECT_STREAM) this.#objectStream(text, at, bytes);
    }
  }

  #objectStream(text: string, at: number, bytes: Buffer): void {
    const from = Math.max(0, text.lastIndexOf(" obj", at));
    const start = text.indexOf("stream", at);
    const dictionary = text.slice(from, start);
    if (
      start === -1 ||
      start - at > DICTIONARY_BYTES ||
      !dictionary.includes("/FlateDecode") ||
      /\/(?:Predictor|LZWDecode|ASCII\w+|Crypt|RunLengthDecode)/.test(dictionary)
    ) {
      this.#closedStreams++;
      return;
    }
    const data = start + (text.startsWith("stream\r\n", start) ? 8 : 7);
    try {
      const end = text.indexOf("endstream", data);
      const plain = inflateSync(bytes.subarray(data, end === -1 ? bytes.length : end), {
        maxOutputLength: MAX_STREAM_BYTES,
        finishFlush: constants.Z_SYNC_FLUSH,
      });
      this.#budget.inflated(plain.length);
      this.#budget.steps(Math.ceil(plain.length / STEP_BYTES));
      this.#names(plain.toString("latin1"), at, bytes);
    } catch (error) {
      if (error instanceof LimitError || !(error instanceof Error) || !("code" in error)) throw error; // zlib's own errors carry a code
      this.#closedStreams++;
    }
  }
}
