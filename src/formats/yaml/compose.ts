import { Composer, type CST, type Document, Lexer, type ParsedNode, Parser } from "yaml";
import { type Budget, LimitError } from "../../limits.ts";

/** Nodes inside one another. Composing calls itself for each; honest configurations are under 30 deep. */
const MAX_DEPTH = 128;
/** Measured on files of nothing but short keys: what a lexeme with its tokens and nodes takes of the heap, rounded up. */
const LEXEME_BYTES = 400;
const LEXEME_STEPS = 16;
/** Beyond this many mistakes a file is no YAML; each of them costs an error object. */
const MAX_MISTAKES = 1000;

export interface Composed {
  readonly documents: readonly Document.Parsed<ParsedNode, false>[];
  /** The first place, as an index into the text, where the text is no YAML, and why. */
  readonly mistake: { readonly at: number; readonly why: string } | null;
  /** Give it back with `budget.release` when the documents are let go. */
  readonly heldBytes: number;
}

class TooDeep extends Error {}

/**
 * Text to documents by the `yaml` package, which knows no tag: every scalar stays the text that it is and every tag a name, so nothing is built.
 * Its lexer and parser hold no recursion, and are stopped here before its composer, which does, is given anything deep. Throws LimitError; memory
 * that was held until then is given back.
 */
export function compose(text: string, budget: Budget): Composed {
  let heldBytes = 0;
  try {
    const parser = new Parser();
    const tokens: CST.Token[] = [];
    let mistakes = 0;
    for (const lexeme of new Lexer().lex(text)) {
      budget.steps(LEXEME_STEPS + (lexeme.length >> 4));
      budget.hold(LEXEME_BYTES);
      heldBytes += LEXEME_BYTES;
      for (const token of parser.next(lexeme)) {
        tokens.push(token);
        if (token.type === "error" && ++mistakes > MAX_MISTAKES) throw new TooDeep(`more than ${MAX_MISTAKES} mistakes`);
      }
      if (parser.stack.length > MAX_DEPTH * 2) throw new TooDeep(`nested more than ${MAX_DEPTH} deep`);
    }
    for (const token of parser.end()) tokens.push(token);
    return { ...documentsOf(tokens, text.length), heldBytes };
  } catch (error) {
    if (error instanceof LimitError || error instanceof TooDeep) budget.release(heldBytes);
    if (error instanceof TooDeep) throw new LimitError("maxDepth", MAX_DEPTH);
    throw error;
  }
}

function documentsOf(tokens: readonly CST.Token[], end: number): Pick<Composed, "documents" | "mistake"> {
  const composer = new Composer<ParsedNode, false>({ schema: "failsafe", strict: false, uniqueKeys: false, logLevel: "silent", prettyErrors: false });
  const documents = [...composer.compose(tokens, true, end)];
  const mistakes = documents.flatMap(({ errors }) => errors.slice(0, 1)).sort((a, b) => a.pos[0] - b.pos[0]);
  const [first] = mistakes;
  return { documents, mistake: first === undefined ? null : { at: Math.min(first.pos[0], end), why: first.message.slice(0, 200) } };
}
