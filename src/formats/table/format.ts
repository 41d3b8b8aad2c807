import type { ByteSource } from "../../bytes.ts";
import type { Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { pickleAt } from "../pickle/pickle-at.ts";
import { type TextFacts, textFormat } from "../text/format.ts";

/** A table in text: values between commas or tabs (RFC 4180). */
export interface TableFacts {
  readonly text: TextFacts;
  /** Cells that a spreadsheet takes for a formula which reaches out of the table; the first ones. */
  readonly formulas: readonly { readonly text: string; readonly at: number }[];
}

const PIECE_BYTES = 1024 * 1024;
const OVERLAP_BYTES = 256;
const MAX_FORMULAS = 20;
/** At the start of a cell: `=`, `+`, `-` or `@`, and a call that starts, fetches or links; or DDE (`cmd|'/c …'!A0`). */
const FORMULA =
  /(?:^|[\n,;\t])"?[ ]?(?:[=@+-][^\n,;\t]{0,40}?(?:\|[^\n|]{0,120}!|\b(?:HYPERLINK|WEBSERVICE|IMPORT(?:XML|DATA|HTML|FEED|RANGE)|DDE|CALL|REGISTER|EXEC|RTD|IMAGE|FILTERXML)\s*\())/gi;

/** Reads a table as the text that it is; cells are looked at for formulas only. */
export const tableFormat: Format<TableFacts> = {
  id: "table",
  async parse(bytes: ByteSource, budget: Budget): Promise<Parsed<TableFacts>> {
    const { facts: text, ...outcome } = await textFormat.parse(bytes, budget);
    const formulas: { text: string; at: number }[] = [];
    try {
      for (let at = 0; at < bytes.size && formulas.length < MAX_FORMULAS; at += PIECE_BYTES) {
        const piece = await bytes.read(at, Math.min(PIECE_BYTES + OVERLAP_BYTES, bytes.size - at));
        budget.steps(Math.ceil(piece.length / 16));
        formulas.push(...formulasIn(Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString("latin1"), at));
      }
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      return { ...outcome, kind: "limit", why: error.message, facts: { text, formulas } };
    }
    return { ...outcome, facts: { text, formulas: formulas.slice(0, MAX_FORMULAS) } };
  },
  children: ({ text }) => (text.pickleAtEnd === null ? [] : [pickleAt(text.pickleAtEnd)]),
};

function formulasIn(piece: string, from: number): readonly { readonly text: string; readonly at: number }[] {
  const found = [];
  for (const match of piece.matchAll(FORMULA)) {
    if (match.index >= PIECE_BYTES || found.length >= MAX_FORMULAS) break; // what begins in the overlap belongs to the next piece
    const before = /^[\n,;\t]?/.exec(match[0])?.[0].length ?? 0;
    found.push({ text: match[0].slice(before, before + 120), at: from + match.index + before });
  }
  return found;
}
