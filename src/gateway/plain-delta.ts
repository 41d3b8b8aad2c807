/** What a JSON string may hold as it is. */
const PLAIN = /^[^"\\\u0000-\u001f]*$/;
const KEY = /"content": ?"/;
/** What stands for the text when a frame is tried out. */
const MARK = "\u2042 text \u2042";
/** Streams whose events have nothing in common, such as an id of their own each, are not worth more tries. */
const MOST_TRIES = 3;

/**
 * Reads the events of a stream that are like one before them but for their text, which is nearly all of them: what stands around the text is compared, and
 * nothing is parsed. An event that differs in any other character is not read here.
 */
export class PlainDelta {
  #before = "";
  #after = "";
  #tries = 0;

  /** The text of an event, as JSON.parse would find it in `choices[0].delta.content`; null: parse it. */
  textIn(data: string): string | null {
    if (this.#after === "" || data.length < this.#before.length + this.#after.length) return null;
    if (!data.startsWith(this.#before) || !data.endsWith(this.#after)) return null;
    const text = data.slice(this.#before.length, data.length - this.#after.length);
    return PLAIN.test(text) ? text : null;
  }

  /** Takes an event with this text in `choices[0].delta.content` for the like of those to come. */
  learn(data: string, text: string): void {
    if (this.#tries >= MOST_TRIES) return;
    this.#tries++;
    const key = KEY.exec(data);
    if (key === null) return;
    const at = key.index + key[0].length;
    if (!PLAIN.test(text) || !data.startsWith(`${text}"`, at)) return;
    const before = data.slice(0, at);
    const after = data.slice(at + text.length);
    const tried: { readonly choices?: readonly { readonly delta?: { readonly content?: unknown } }[] } = JSON.parse(before + MARK + after); // as the event was JSON
    if (tried.choices?.[0]?.delta?.content !== MARK) return; // another member of that name
    this.#before = before;
    this.#after = after;
  }
}
