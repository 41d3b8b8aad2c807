/**
 * Tells the attributes of one namespace from those of another. That holds while a variable is only ever assigned `namespace(…)` and the attribute is
 * only ever set through such variables; otherwise two names may mean one namespace, and the attribute is one for all.
 */
export class Namespaces {
  readonly #made = new Set<string>();
  readonly #other = new Set<string>();
  readonly #shared = new Set<string>();

  /** `name` was assigned a fresh namespace. */
  made(name: string): void {
    this.#made.add(name);
  }

  /** `name` was assigned anything else. */
  assigned(name: string): void {
    this.#other.add(name);
  }

  wrote(of: string, attribute: string): void {
    if (!this.#isPlain(of)) this.#shared.add(attribute);
  }

  has(name: string): boolean {
    return this.#made.has(name);
  }

  /** The binding that holds an attribute. */
  keyOf(of: string, attribute: string): string {
    return this.#isPlain(of) && !this.#shared.has(attribute) ? `${of}.${attribute}` : `.${attribute}`;
  }

  #isPlain(name: string): boolean {
    return this.#made.has(name) && !this.#other.has(name);
  }
}
