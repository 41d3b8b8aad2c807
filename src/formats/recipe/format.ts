import type { ByteSource } from "../../bytes.ts";
import type { Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { pickleAt } from "../pickle/pickle-at.ts";
import { type TextFacts, textFormat } from "../text/format.ts";
import { LogicalLines, type RecipeLine } from "./logical-lines.ts";

/** A text that a tool takes line by line: a list of packages, settings, a build recipe, a shell script. Its name says which. */
export interface RecipeFacts {
  readonly text: TextFacts;
  /** Lines with something on them, those that go on behind a backslash as one, from the start. */
  readonly lines: readonly RecipeLine[];
  /** Lines beyond the bounds. */
  readonly dropped: number;
}

const PIECE_BYTES = 1024 * 1024;

/** Reads lines of UTF-8 text; what they mean to which tool is for the examiner. `broken` where the bytes stop being text. */
export const recipeFormat: Format<RecipeFacts> = {
  id: "recipe",
  async parse(bytes: ByteSource, budget: Budget): Promise<Parsed<RecipeFacts>> {
    const { facts: text, ...outcome } = await textFormat.parse(bytes, budget);
    const lines = new LogicalLines();
    try {
      for (let at = 0; at < bytes.size && !lines.full; at += PIECE_BYTES) {
        const piece = await bytes.read(at, Math.min(PIECE_BYTES, bytes.size - at));
        budget.steps(Math.ceil(piece.length / 16));
        lines.push(Buffer.from(piece.buffer, piece.byteOffset, piece.length), at);
      }
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      return { ...outcome, kind: "limit", why: error.message, facts: { text, lines: lines.list, dropped: lines.dropped } };
    }
    lines.end();
    return { ...outcome, facts: { text, lines: lines.list, dropped: lines.dropped } };
  },
  children: ({ text }) => (text.pickleAtEnd === null ? [] : [pickleAt(text.pickleAtEnd)]),
};
