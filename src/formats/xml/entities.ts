import { MAX_KEPT, MAX_TEXT, type XmlEntity, type XmlExpansion } from "./facts.ts";

/** Entities that XML itself has. */
const PREDEFINED: ReadonlySet<string> = new Set(["lt", "gt", "amp", "apos", "quot"]);
/** Entities whose text is kept; what is declared beyond them is counted. */
const MAX_ENTITIES = 10_000;
const REFERENCE = /&([^;&\s#]{1,128});/g;
const MOST = Number.MAX_SAFE_INTEGER;

interface Internal {
  readonly text: string;
  expanded: number | null;
}

/** The entities of one document: what is declared, and how much their references stand for. */
export class Entities {
  readonly list: XmlEntity[] = [];
  dropped = 0;
  readonly #general = new Map<string, Internal>();
  readonly #parameters = new Map<string, string>();
  #references = 0;
  #bytes = 0;
  #cycle: string | null = null;
  /** An entity with a tag in its text: elements come into the document where it is referred to. */
  markup: XmlEntity | null = null;

  declare(entity: XmlEntity, text: string | null): void {
    if (this.list.length < MAX_KEPT) this.list.push(entity);
    else this.dropped++;
    if (text?.includes("<") === true && !entity.parameter) this.markup ??= entity;
    if (text === null || this.#general.size + this.#parameters.size >= MAX_ENTITIES) return;
    // The first declaration binds (XML 1.0, 4.2).
    if (entity.parameter && !this.#parameters.has(entity.name)) this.#parameters.set(entity.name, text);
    if (!entity.parameter && !this.#general.has(entity.name)) this.#general.set(entity.name, { text, expanded: null });
  }

  /** The text of an internal parameter entity. */
  parameter(name: string): string | undefined {
    return this.#parameters.get(name);
  }

  /** A reference in the content or in an attribute. */
  reference(name: string): void {
    if (PREDEFINED.has(name)) return;
    this.#references++;
    this.#bytes = Math.min(MOST, this.#bytes + this.#expanded(name));
  }

  /** Bytes that an entity stands for. Without recursion: what it refers to is measured first. */
  #expanded(name: string): number {
    const open = [name];
    const path = new Set<string>();
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const entity = this.#general.get(top);
      if (entity === undefined || entity.expanded !== null) {
        open.pop();
        continue;
      }
      const references = referencesIn(entity.text);
      const missing = path.has(top) ? [] : references.filter((each) => this.#general.get(each)?.expanded === null);
      if (missing.length === 0) {
        entity.expanded = references.reduce((sum, each) => Math.min(MOST, sum + (this.#general.get(each)?.expanded ?? 0)), entity.text.length);
        path.delete(top);
        open.pop();
        continue;
      }
      path.add(top);
      for (const each of missing) {
        if (path.has(each)) this.#cycle ??= each.slice(0, MAX_TEXT);
        else open.push(each);
      }
    }
    return this.#general.get(name)?.expanded ?? 0;
  }

  /** What nothing refers to is measured, too: it was declared for somebody, and the largest of all stands for the document. */
  expansion(): XmlExpansion {
    const largest = [...this.#general.keys()].reduce((most, name) => Math.max(most, this.#expanded(name)), 0);
    return { references: this.#references, bytes: Math.max(this.#bytes, largest), cycle: this.#cycle };
  }
}

function referencesIn(text: string): readonly string[] {
  return [...text.matchAll(REFERENCE)].map(([, name = ""]) => name).filter((name) => !PREDEFINED.has(name));
}

/** Character references in the value of an entity are put in when it is declared, so that `&#38;a;` is a reference later (XML 1.0, 4.4.5). */
export function withCharacters(value: string): string {
  return value.replace(/&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));/g, (whole, hex?: string, decimal?: string) => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : whole;
  });
}
