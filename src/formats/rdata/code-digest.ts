import { createHash } from "node:crypto";

/** Longer code is nobody's that a list knows. */
const MAX_BYTES = 512 * 1024;
const DIGEST_CHARACTERS = 32;

/**
 * What a function is, apart from where it stands: a digest of its arguments and body as they are written, with names in the place of references. Equal code
 * has the same digest in every file, whatever its environment is.
 */
export class CodeDigest {
  readonly #hash = createHash("sha256");
  #bytes = 0;
  #void: boolean;

  /** @param readable whether the encoding writes numbers in the one form that is digested */
  constructor(readable: boolean) {
    this.#void = !readable;
  }

  /** Tokens have their length in front, so that no name is taken for two of them. */
  add(token: string | number): void {
    const text = `${String(token).length}:${token}`;
    this.#bytes += text.length;
    if (this.#bytes > MAX_BYTES) this.spoil();
    else if (!this.#void) this.#hash.update(text);
  }

  /** Something stands in the code that no function of R itself holds. */
  spoil(): void {
    this.#void = true;
  }

  get isVoid(): boolean {
    return this.#void;
  }

  end(): string | null {
    return this.#void ? null : this.#hash.digest("hex").slice(0, DIGEST_CHARACTERS);
  }
}
