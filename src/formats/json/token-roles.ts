import { type Path, pointerOf, type Scalar } from "./events.ts";
import { MAX_KEPT, MAX_TEXT } from "./facts.ts";

/** A token that a configuration gives a meaning of its own. */
export interface TokenRole {
  /** `eos_token`, `bos_token` … */
  readonly role: string;
  readonly text: string;
  readonly pointer: string;
  readonly at: number;
}

/** A token that is taken out of a text before the tokenizer's model sees it. */
export interface AddedToken {
  readonly id: number | null;
  readonly content: string;
  /** Control tokens are dropped where text is made of tokens. */
  readonly special: boolean;
  readonly pointer: string;
  readonly at: number;
}

/** Two texts for one token: what is read is not what is meant. */
export interface TokenCollision {
  readonly id: number;
  readonly texts: readonly [string, string];
  readonly at: number;
}

export interface TokenFacts {
  readonly roles: readonly TokenRole[];
  /** Those added tokens that ordinary text can hold: letters and spaces, at least two letters. */
  readonly words: readonly AddedToken[];
  readonly collisions: readonly TokenCollision[];
  /** Added tokens stand behind the vocabulary, so that they were not compared with it. */
  readonly late: boolean;
  readonly dropped: number;
}

const ROLES: ReadonlySet<string> = new Set(["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token", "eot_token"]);
/** Ids that are compared; the largest published tokenizer adds some 20,000 tokens. */
const MAX_ADDED = 100_000;

interface Open {
  readonly pointer: string;
  readonly at: number;
  readonly late: boolean;
  id: number | null;
  content: string | null;
  special: boolean;
}

/** Letters, spaces and what stands between words: a token that ordinary text holds. Marks around a name (`<s>`, `[PAD]`, `en_XX`) make it none. */
export function isWords(text: string): boolean {
  return /^[▁Ġ\s]*\p{L}[\p{L}\p{M}'’-]+(?:[\s▁Ġ,.;:!?]+[\p{L}\p{M}\p{N}'’-]+)*[\s▁Ġ.,;:!?]*$/u.test(text.slice(0, MAX_TEXT));
}

/** Gathers what `tokenizer.json`, `tokenizer_config.json` and `special_tokens_map.json` say of tokens. */
export class TokenRoles {
  readonly #roles: TokenRole[] = [];
  readonly #words: AddedToken[] = [];
  readonly #collisions: TokenCollision[] = [];
  readonly #byId = new Map<number, string>();
  #open: Open | null = null;
  #vocabularySeen = false;
  #late = false;
  #dropped = 0;

  see(value: Scalar, path: Path, at: number): void {
    const [first, second, third] = path;
    if (typeof first === "string" && ROLES.has(first)) this.#role(first, value, path, at);
    if ((first === "added_tokens" || first === "added_tokens_decoder") && path.length === 3) this.#added(path, second, third, value, at);
    if (first === "model" && second === "vocab") {
      this.#vocabularySeen = true;
      this.#vocabulary(value, path, at);
    }
  }

  end(): TokenFacts {
    this.#close();
    return { roles: this.#roles, words: this.#words, collisions: this.#collisions, late: this.#late, dropped: this.#dropped };
  }

  /** `"eos_token": "</s>"`, or `{"content": "</s>", …}`. */
  #role(role: string, value: Scalar, path: Path, at: number): void {
    if (typeof value !== "string" || !(path.length === 1 || (path.length === 2 && path[1] === "content"))) return;
    this.#keep(this.#roles, { role, text: value.slice(0, MAX_TEXT), pointer: pointerOf(path), at });
  }

  #added(path: Path, item: Path[number] | undefined, key: Path[number] | undefined, value: Scalar, at: number): void {
    const pointer = pointerOf(path.slice(0, 2)).slice(0, MAX_TEXT);
    if (this.#open?.pointer !== pointer) {
      this.#close();
      const id = typeof item === "string" && /^\d{1,9}$/.test(item) ? Number(item) : null;
      this.#open = { pointer, at, id, late: this.#vocabularySeen, content: null, special: false };
    }
    if (key === "id" && typeof value === "number") this.#open.id = value;
    if (key === "content" && typeof value === "string") this.#open.content = value;
    if (key === "special") this.#open.special = value === true;
  }

  #close(): void {
    const open = this.#open;
    this.#late ||= open?.late === true;
    this.#open = null;
    if (open === null || open.content === null) return;
    const { pointer, at, id, special } = open;
    const content = open.content.slice(0, MAX_TEXT);
    if (isWords(content)) this.#keep(this.#words, { id, content, special, pointer, at });
    if (id !== null) this.#bind(id, content, at);
  }

  /** `"vocab": {"text": id}` of BPE, WordPiece and WordLevel, or `[["text", score]]` of Unigram, whose index is the id. */
  #vocabulary(value: Scalar, path: Path, at: number): void {
    const key = path[2];
    if (this.#open !== null) this.#close();
    if (path.length === 3 && typeof key === "string" && typeof value === "number") this.#compare(value, key, at);
    else if (path.length === 4 && typeof key === "number" && path[3] === 0 && typeof value === "string") this.#compare(key, value, at);
  }

  #bind(id: number, content: string, at: number): void {
    this.#compare(id, content, at);
    if (this.#byId.size < MAX_ADDED) this.#byId.set(id, content);
    else this.#dropped++;
  }

  #compare(id: number, text: string, at: number): void {
    const known = this.#byId.get(id);
    if (known === undefined || known === text.slice(0, MAX_TEXT)) return;
    if (isWords(known) !== isWords(text)) this.#keep(this.#collisions, { id, texts: [known, text.slice(0, MAX_TEXT)], at });
  }

  #keep<T>(list: T[], item: T): void {
    if (list.length < MAX_KEPT) list.push(item);
    else this.#dropped++;
  }
}

const TOKEN_MEMBERS: ReadonlySet<string | number> = new Set(["model", "vocab", "vocabulary", "merges", "added_tokens", "added_tokens_decoder"]);

/** Whether a path leads into a member that holds tokens, which may be any text. */
export function isInTokens(path: Path): boolean {
  return path.some((part) => TOKEN_MEMBERS.has(part));
}
