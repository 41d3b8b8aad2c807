import { XmlBreak } from "./break.ts";
import { type Entities, withCharacters } from "./entities.ts";
import type { XmlDoctype } from "./facts.ts";

/** Parameter entities inside of parameter entities. */
const MAX_DEPTH = 16;
/** Texts of parameter entities that are read as declarations, in sum. */
const MAX_EXPANDED = 4 * 1024 * 1024;
const NAME = /[^ \t\r\n[\]<>"'%;&=/]{1,200}/y;

/**
 * Reads a document type declaration (XML 1.0, 2.8): external identifiers, and in the internal subset the entities. Declarations that an internal
 * parameter entity holds are read where it is referred to. Yields the offset behind the closing bracket.
 */
export class DoctypeReader {
  readonly #entities: Entities;
  readonly #steps: (count: number) => void;
  #expanded = 0;
  /** Default values of attributes may refer to entities. */
  readonly #attribute: (text: string) => void;

  constructor(entities: Entities, steps: (count: number) => void, attribute: (text: string) => void) {
    this.#entities = entities;
    this.#steps = steps;
    this.#attribute = attribute;
  }

  /** @param text from behind `<!DOCTYPE` on, a character a byte; `base` is its offset in the document */
  read(text: string, base: number): { readonly doctype: XmlDoctype; readonly end: number } {
    const scan = new Scan(text, base);
    scan.space();
    const root = scan.name();
    const { publicId, system } = this.#externalId(scan);
    scan.space();
    if (scan.peek() === "[") {
      scan.at++;
      this.#subset(scan, base, 0);
      if (scan.peek() !== "]") throw new XmlBreak(base + scan.at, "the internal subset of the document type does not end");
      scan.at++;
      scan.space();
    }
    if (scan.peek() !== ">") throw new XmlBreak(base + scan.at, "the document type does not end");
    return { doctype: { root: root.slice(0, 200), publicId, system, at: base }, end: base + scan.at + 1 };
  }

  #externalId(scan: Scan): { readonly publicId: string | null; readonly system: string | null } {
    scan.space();
    if (scan.word("SYSTEM")) return { publicId: null, system: scan.literal() };
    if (!scan.word("PUBLIC")) return { publicId: null, system: null };
    const publicId = scan.literal();
    scan.space();
    return { publicId, system: scan.peek() === '"' || scan.peek() === "'" ? scan.literal() : null };
  }

  /** Declarations up to `]` or the end of the text. */
  #subset(scan: Scan, base: number, depth: number): void {
    for (;;) {
      scan.space();
      this.#steps(4);
      const next = scan.peek();
      if (next === "" || next === "]") return;
      if (next === "%") this.#parameterReference(scan, base, depth);
      else if (scan.word("<!--")) scan.past("-->");
      else if (scan.word("<?")) scan.past("?>");
      else if (scan.word("<!ENTITY")) this.#entity(scan, base);
      else if (scan.word("<![")) this.#section(scan, base, depth);
      else if (scan.word("<!")) this.#declaration(scan);
      else throw new XmlBreak(base + scan.at, "no declaration stands in the document type here");
    }
  }

  /** `<![INCLUDE[ … ]]>` and `<![IGNORE[ … ]]>`, which stand in external subsets and in parameter entities. */
  #section(scan: Scan, base: number, depth: number): void {
    const open = scan.text.indexOf("[", scan.at);
    if (open === -1) throw new XmlBreak(base + scan.at, "a conditional section without its bracket");
    scan.at = open + 1;
    if (depth < MAX_DEPTH) this.#subset(scan, base, depth + 1);
    if (!scan.word("]]>")) throw new XmlBreak(base + scan.at, "a conditional section that does not end");
  }

  #parameterReference(scan: Scan, base: number, depth: number): void {
    scan.at++;
    const name = scan.name();
    if (scan.peek() !== ";") throw new XmlBreak(base + scan.at, "a reference without its semicolon");
    scan.at++;
    const text = this.#entities.parameter(name);
    if (text === undefined || depth >= MAX_DEPTH) return;
    this.#expanded += text.length;
    if (this.#expanded > MAX_EXPANDED) return;
    this.#steps(text.length >> 3);
    this.#subset(new Scan(text, base + scan.at), base + scan.at, depth + 1);
  }

  #entity(scan: Scan, base: number): void {
    const at = base + scan.at - "<!ENTITY".length;
    scan.space();
    const parameter = scan.peek() === "%";
    if (parameter) scan.at++;
    scan.space();
    const name = scan.name();
    scan.space();
    const quoted = scan.peek() === '"' || scan.peek() === "'";
    const text = quoted ? withCharacters(this.#withParameters(scan.literal())) : null;
    const { system } = quoted ? { system: null } : this.#externalId(scan);
    scan.space();
    const unparsed = scan.word("NDATA");
    scan.past(">");
    this.#entities.declare({ name: name.slice(0, 200), parameter, system: system?.slice(0, 200) ?? null, unparsed, at }, text);
  }

  /** References to parameter entities in a value are put in where parsers allow them. */
  #withParameters(value: string): string {
    return value.replace(/%([^;%\s]{1,128});/g, (whole, name: string) => {
      const text = this.#entities.parameter(name);
      this.#expanded += text?.length ?? 0;
      return text === undefined || this.#expanded > MAX_EXPANDED ? whole : text;
    });
  }

  /** ELEMENT, ATTLIST and NOTATION: nothing in them acts, but defaults of attributes refer to entities. */
  #declaration(scan: Scan): void {
    const from = scan.at;
    const isList = scan.text.startsWith("ATTLIST", from);
    for (;;) {
      const next = scan.peek();
      if (next === "") throw new XmlBreak(from, "a declaration without its end");
      if (next === ">") break;
      if (next === '"' || next === "'") {
        const value = scan.literal();
        if (isList) this.#attribute(value);
      } else scan.at++;
    }
    scan.at++;
  }
}

/** A place in a text. */
class Scan {
  readonly text: string;
  readonly #base: number;
  at = 0;

  constructor(text: string, base: number) {
    this.text = text;
    this.#base = base;
  }

  peek(): string {
    return this.text[this.at] ?? "";
  }

  space(): void {
    while (/^[ \t\r\n]/.test(this.peek())) this.at++;
  }

  word(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  name(): string {
    NAME.lastIndex = this.at;
    const name = NAME.exec(this.text)?.[0];
    if (name === undefined) throw new XmlBreak(this.#base + this.at, "a name is missing in the document type");
    this.at += name.length;
    return name;
  }

  literal(): string {
    this.space();
    const quote = this.peek();
    const end = quote === '"' || quote === "'" ? this.text.indexOf(quote, this.at + 1) : -1;
    if (end === -1) throw new XmlBreak(this.#base + this.at, "a literal is missing or does not end");
    const value = this.text.slice(this.at + 1, end);
    this.at = end + 1;
    return value;
  }

  past(end: string): void {
    const found = this.text.indexOf(end, this.at);
    if (found === -1) throw new XmlBreak(this.#base + this.at, `${end} is missing`);
    this.at = found + end.length;
  }
}
