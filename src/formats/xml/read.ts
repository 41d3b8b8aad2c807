import type { Budget } from "../../limits.ts";
import { LimitError } from "../../limits.ts";
import { Anomalies, shown } from "../strict-json/anomalies.ts";
import { XmlBreak } from "./break.ts";
import { type Attribute, XmlCollector } from "./collect.ts";
import { DoctypeReader } from "./doctype.ts";
import { Entities } from "./entities.ts";
import type { XmlDoctype } from "./facts.ts";

/** Elements inside of one another; OpenVINO and PMML have trees of some dozens. */
const MAX_DEPTH = 2000;
const MAX_ATTRIBUTES = 10_000;
/** Attributes of one element that are compared with each other. */
const COMPARED_ATTRIBUTES = 64;
/** A document type is read as far as this. */
const MAX_DOCTYPE_BYTES = 2 * 1024 * 1024;
const LT = 0x3c;
const GT = 0x3e;
const AMP = 0x26;
const SLASH = 0x2f;
const NAME_END = new Set([0x20, 0x09, 0x0a, 0x0d, GT, SLASH, 0x3d, LT, 0x22, 0x27]);

/** One pass over a document, without recursion and without building it. */
export class XmlReader {
  readonly entities = new Entities();
  readonly collector = new XmlCollector();
  readonly anomalies = new Anomalies();
  doctype: XmlDoctype | null = null;
  declaredEncoding: string | null = null;
  /** Behind the root element. */
  endsAt: number | null = null;
  at = 0;
  readonly #bytes: Buffer;
  readonly #budget: Budget;
  readonly #open: string[] = [];

  constructor(bytes: Buffer, budget: Budget) {
    this.#bytes = bytes;
    this.#budget = budget;
  }

  read(): void {
    const bytes = this.#bytes;
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.at = 3;
    while (this.at < bytes.length) {
      const next = bytes.indexOf(LT, this.at);
      const to = next === -1 ? bytes.length : next;
      this.#budget.steps(1 + ((to - this.at) >> 4));
      if (!this.#text(this.at, to)) return;
      this.at = to;
      if (next === -1) break;
      if (this.endsAt !== null && !this.#isMiscellany(next)) return;
      this.#markup(next);
    }
    if (this.collector.elements === 0) throw new XmlBreak(0, "a document without an element");
    if (this.#open.length > 0) throw new XmlBreak(bytes.length, `the element ${shown(this.#open.at(-1) ?? "")} does not end`);
  }

  /** Text between two tags: references in it. False where it belongs to no element of a document that ended. */
  #text(from: number, to: number): boolean {
    if (this.#open.length === 0) {
      for (let at = from; at < to; at++)
        if (!isSpace(this.#bytes[at] ?? 0)) {
          if (this.endsAt === null) throw new XmlBreak(at, "text before the root element");
          this.at = at;
          return false;
        }
      return true;
    }
    this.#referencesBetween(from, to);
    return true;
  }

  /** A comment or an instruction may follow the root element. */
  #isMiscellany(at: number): boolean {
    return this.#bytes[at + 1] === 0x3f || this.#startsWith(at, "<!--");
  }

  #markup(at: number): void {
    const next = this.#bytes[at + 1];
    if (next === 0x3f) this.#instruction(at);
    else if (next === SLASH) this.#endTag(at);
    else if (next !== 0x21) this.#startTag(at);
    else if (this.#startsWith(at, "<!--")) this.at = this.#past(at + 4, "-->", "a comment");
    else if (this.#startsWith(at, "<![CDATA[")) this.at = this.#past(at + 9, "]]>", "a CDATA section");
    else if (this.#startsWith(at, "<!DOCTYPE")) this.#doctype(at);
    else throw new XmlBreak(at, "markup that XML does not have");
  }

  #instruction(at: number): void {
    this.at = this.#past(at + 2, "?>", "an instruction");
    const content = this.#bytes.toString("latin1", at + 2, Math.min(this.at - 2, at + 2 + 4096));
    const target = /^[^\s?]*/.exec(content)?.[0] ?? "";
    if (target.toLowerCase() === "xml") this.declaredEncoding ??= /encoding\s*=\s*["']([^"']{1,60})["']/i.exec(content)?.[1]?.toLowerCase() ?? null;
    else this.collector.instruction(target, content.slice(target.length), at);
  }

  #doctype(at: number): void {
    if (this.doctype !== null || this.collector.elements > 0) throw new XmlBreak(at, "a document type where none may stand");
    const base = at + "<!DOCTYPE".length;
    const rest = Math.min(this.#bytes.length, base + MAX_DOCTYPE_BYTES);
    this.#budget.steps((rest - base) >> 8);
    this.#budget.hold(rest - base);
    try {
      const reader = new DoctypeReader(
        this.entities,
        (count) => this.#budget.steps(count),
        (value) => this.#references(value),
      );
      const { doctype, end } = reader.read(this.#bytes.toString("latin1", base, rest), base);
      this.doctype = { ...doctype, at };
      this.at = end;
    } finally {
      this.#budget.release(rest - base);
    }
  }

  #startTag(at: number): void {
    const nameEnd = this.#nameEnd(at + 1);
    if (nameEnd === at + 1) throw new XmlBreak(at, "a tag without a name");
    const name = this.#bytes.toString("latin1", at + 1, Math.min(nameEnd, at + 257));
    const attributes: Attribute[] = [];
    let here = nameEnd;
    for (;;) {
      const before = here;
      here = this.#skipSpace(here);
      const byte = this.#bytes[here];
      if (byte === GT || byte === SLASH) break;
      if (byte === undefined) throw new XmlBreak(at, `the tag ${shown(name)} does not end`);
      if (here === before) throw new XmlBreak(here, "attributes without a space between them");
      here = this.#attribute(here, attributes);
    }
    this.#budget.steps(1 + ((here - at) >> 4));
    this.collector.element(name, attributes, at);
    const empty = this.#bytes[here] === SLASH;
    if (empty && this.#bytes[here + 1] !== GT) throw new XmlBreak(here, "a slash inside of a tag");
    this.at = here + (empty ? 2 : 1);
    if (!empty) this.#push(name);
    else if (this.#open.length === 0) this.endsAt = this.at;
  }

  #push(name: string): void {
    if (this.#open.length >= MAX_DEPTH) throw new LimitError("maxDepth", MAX_DEPTH);
    this.#open.push(name);
  }

  #attribute(at: number, into: Attribute[]): number {
    const nameEnd = this.#nameEnd(at);
    const equals = this.#skipSpace(nameEnd);
    const open = this.#skipSpace(equals + 1);
    const quote = this.#bytes[open];
    if (nameEnd === at || this.#bytes[equals] !== 0x3d || (quote !== 0x22 && quote !== 0x27))
      throw new XmlBreak(at, "an attribute without a value in quotes");
    const close = this.#bytes.indexOf(quote, open + 1);
    if (close === -1) throw new XmlBreak(open, "a value that does not end");
    const less = this.#bytes.subarray(open, close).indexOf(LT);
    if (less !== -1) throw new XmlBreak(open + less, "a < in a value");
    const name = this.#bytes.toString("latin1", at, Math.min(nameEnd, at + 256));
    if (into.length < COMPARED_ATTRIBUTES && into.some((other) => other.name === name))
      this.anomalies.add("duplicate-attribute", at, `the attribute ${shown(name)} stands twice`);
    if (into.length < MAX_ATTRIBUTES) into.push({ name, value: this.#bytes.toString("latin1", open + 1, close) });
    this.#referencesBetween(open, close);
    return close + 1;
  }

  #endTag(at: number): void {
    const nameEnd = this.#nameEnd(at + 2);
    const name = this.#bytes.toString("latin1", at + 2, Math.min(nameEnd, at + 258));
    const end = this.#skipSpace(nameEnd);
    const open = this.#open.pop();
    if (open !== name || this.#bytes[end] !== GT)
      throw new XmlBreak(at, open === undefined ? `${shown(name)} ends and was not open` : `${shown(open)} is open and ${shown(name)} ends`);
    this.at = end + 1;
    if (this.#open.length === 0) this.endsAt = this.at;
  }

  /** Looks no further than it has to: what searches to the end of the file for each tag never comes to an end. */
  #referencesBetween(from: number, to: number): void {
    const part = this.#bytes.subarray(from, to);
    for (let at = part.indexOf(AMP); at !== -1; at = part.indexOf(AMP, at + 1)) this.#reference(from + at, to);
  }

  #reference(at: number, to: number): void {
    const length = this.#bytes.subarray(at, Math.min(to, at + 130)).indexOf(0x3b);
    const end = at + length;
    if (length === -1) throw new XmlBreak(at, "a & that begins no reference");
    this.#budget.steps(1);
    if (this.#bytes[at + 1] !== 0x23) this.entities.reference(this.#bytes.toString("latin1", at + 1, end));
  }

  #references(value: string): void {
    for (const [, name = ""] of value.matchAll(/&([^;&\s#]{1,128});/g)) this.entities.reference(name);
  }

  #nameEnd(at: number): number {
    let end = at;
    while (end < this.#bytes.length && !NAME_END.has(this.#bytes[end] ?? GT)) end++;
    return end;
  }

  #skipSpace(at: number): number {
    let end = at;
    while (isSpace(this.#bytes[end] ?? 0)) end++;
    return end;
  }

  #startsWith(at: number, text: string): boolean {
    return this.#bytes.toString("latin1", at, at + text.length) === text;
  }

  #past(from: number, end: string, what: string): number {
    const found = this.#bytes.indexOf(end, from, "latin1");
    if (found === -1) throw new XmlBreak(from, `${what} that does not end`);
    this.#budget.steps((found - from) >> 6);
    return found + end.length;
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
