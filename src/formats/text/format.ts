import type { ByteSource } from "../../bytes.ts";
import type { Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import type { Span } from "../pickle/facts.ts";
import { pickleAt } from "../pickle/pickle-at.ts";
import { LineShapes } from "./line-shapes.ts";
import { pickleAtEnd } from "./pickle-at-end.ts";
import type { TextShapeId } from "./shapes.ts";
import { type HiddenCharacters, Utf8Scanner } from "./utf8-scanner.ts";

export interface TextFacts {
  readonly encoding: "utf-8" | "utf-8-bom";
  readonly lines: number;
  /** What follows `#!` on the first line, 200 characters at most. */
  readonly shebang: string | null;
  /** The first line that reads like one of a program, 200 characters at most. */
  readonly code: string | null;
  /** A fixed form that all lines have. */
  readonly shape: TextShapeId | null;
  readonly hidden: readonly HiddenCharacters[];
  /** A pickle that calls something and ends the text: what nobody reads as text, a loader can reach. */
  readonly pickleAtEnd: Span | null;
}

const PIECE_BYTES = 1024 * 1024;

/** Text in UTF-8, read to its end in pieces. `broken` where it stops being text: what it says up to there is in the facts. */
export const textFormat: Format<TextFacts> = {
  id: "text",
  async parse(bytes: ByteSource, budget: Budget): Promise<Parsed<TextFacts>> {
    const scanner = new Utf8Scanner();
    const lines = new LineShapes();
    let limit: LimitError | null = null;
    let pickle: Span | null = null;
    try {
      for (let at = 0; at < bytes.size; at += PIECE_BYTES) {
        const piece = await bytes.read(at, Math.min(PIECE_BYTES, bytes.size - at));
        scanner.push(piece, budget);
        lines.push(Buffer.from(piece.buffer, piece.byteOffset, piece.length));
      }
      pickle = await pickleAtEnd(bytes, budget);
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      limit = error;
    }
    const { stop, ...summary } = scanner.end();
    const shape = lines.end();
    const facts: TextFacts = {
      encoding: summary.bom ? "utf-8-bom" : "utf-8",
      lines: summary.lines,
      shebang: shebangOf(lines.firstLine),
      code: lines.code.line?.slice(0, 200) ?? null,
      shape: stop === null && limit === null ? shape : null,
      hidden: summary.hidden,
      pickleAtEnd: pickle,
    };
    if (limit !== null) return { kind: "limit", facts, anomalies: [], why: limit.message };
    if (stop !== null) return { kind: "broken", facts, anomalies: [], at: stop.at, why: `not text: ${stop.why}` };
    return { kind: "parsed", facts, anomalies: [] };
  },
  children: ({ pickleAtEnd: span }) => (span === null ? [] : [pickleAt(span)]),
};

/** `#!` and an interpreter; a vocabulary whose first token is `#!` has none. */
export function shebangOf(firstLine: string): string | null {
  const interpreter = /^#![ \t]*([A-Za-z0-9./_~-].{0,199})/.exec(firstLine)?.[1];
  return interpreter === undefined ? null : interpreter.trimEnd();
}
