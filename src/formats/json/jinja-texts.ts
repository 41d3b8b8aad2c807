import { type Path, pointerOf, type Scalar } from "./events.ts";
import { MAX_TEXT, type Template } from "./facts.ts";

const MAX_TEXTS = 50;
const REFERENCES: ReadonlySet<string | number> = new Set(["refs", "templates", "gen"]);
const MARKED = /\{\{|\{%/;
/** A name alone, which every honest reference is written with. */
const NAME_ALONE = /\{\{ {0,4}\w{1,80} {0,4}\}\}/g;

/**
 * Texts that a loader gives to Jinja without a sandbox: references of fsspec (`ReferenceFileSystem._process_references1`, `_process_gen`) and prompts of
 * LangChain with `"template_format": "jinja2"`. Whether a document is one of them shows at its end.
 */
export class JinjaTexts {
  readonly #references: Template[] = [];
  readonly #prompts = new Map<string, Template[]>();
  readonly #jinja = new Set<string>();
  dropped = 0;

  see(value: Scalar, path: Path): void {
    if (typeof value !== "string") return;
    const last = path[path.length - 1];
    if (last === "template_format" && value === "jinja2") this.#jinja.add(pointerOf(path.slice(0, -1)));
    if (!MARKED.test(value)) return;
    if (last === "template" || last === "prefix" || last === "suffix") {
      const beside = pointerOf(path.slice(0, -1));
      const known = this.#prompts.get(beside) ?? [];
      if (known.length + this.#prompts.size < MAX_TEXTS) this.#prompts.set(beside, [...known, templateOf(path, value)]);
      else this.dropped++;
    }
    if (!REFERENCES.has(path[0] ?? "") || !MARKED.test(value.replace(NAME_ALONE, ""))) return;
    if (this.#references.length < MAX_TEXTS) this.#references.push(templateOf(path, value));
    else this.dropped++;
  }

  /** @param keys of the document's root */
  end(keys: ReadonlySet<string>): readonly Template[] {
    const prompts = [...this.#prompts].flatMap(([beside, templates]) => (this.#jinja.has(beside) ? templates : []));
    const isReferences = keys.has("refs") && (keys.has("version") || keys.has("templates"));
    return isReferences ? [...prompts, ...this.#references] : prompts;
  }

  /** Entries left out that would have counted. */
  left(keys: ReadonlySet<string>): number {
    return keys.has("refs") || this.#jinja.size > 0 ? this.dropped : 0;
  }
}

function templateOf(path: Path, value: string): Template {
  return { name: path.join(".").slice(0, MAX_TEXT), text: Buffer.from(value.toWellFormed(), "utf8") };
}
