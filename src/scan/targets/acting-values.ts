/**
 * Functions of Python that act, where they stand as values: `(exec)(…)`, `[exec][0](…)`, `max(texts, key=exec)`. The name of an argument (`compile=True`), an
 * attribute and a word in quotes are none.
 */
const ACTING = /(?<![\w.'"])(?:exec|eval|execfile|compile|breakpoint|getattr|setattr|delattr|globals|locals|vars|open|help)(?!\w|\s*\(|\s*=(?!=))/;
/** What a call or an index yields is called. */
const CALLED_RESULT = /[)\]]\s*\(/;

/** Whether a text of Python hands one of them on, without calling it by its name. */
export function handsOnActing(code: string): boolean {
  return ACTING.test(code);
}

export function callsResult(code: string): boolean {
  return CALLED_RESULT.test(code);
}
