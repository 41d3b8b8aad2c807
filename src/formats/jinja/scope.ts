/** One level of names that a loop, a macro or a call block binds, with what is true inside it. */
export interface Level {
  readonly names: ReadonlySet<string>;
  readonly loop?: Loop;
  readonly macro?: string;
}

export interface Loop {
  /** The variable or `.attribute` that the loop runs over, when it is one. */
  readonly over: string | null;
  /** Rounds of this loop and those around it, as far as they are known. */
  readonly rounds: number;
}

/** Where in the nesting of loops and macros an expression stands. */
export class Scope {
  readonly #levels: Level[] = [];
  /** Conditions between here and the innermost macro. */
  #conditions = 0;

  binds(name: string): boolean {
    return this.#levels.some((level) => level.names.has(name));
  }

  /** Whether the name is a parameter of the innermost macro, and no loop inside it binds it anew. */
  isParameter(name: string): boolean {
    return this.#levels.findLast((level) => level.names.has(name))?.macro !== undefined;
  }

  get macro(): string | null {
    return this.#levels.findLast((level) => level.macro !== undefined)?.macro ?? null;
  }

  get conditional(): boolean {
    return this.#conditions > 0;
  }

  get loops(): readonly Loop[] {
    return this.#levels.flatMap((level) => level.loop ?? []);
  }

  within(level: Level, run: () => void): void {
    const conditions = this.#conditions;
    if (level.macro !== undefined) this.#conditions = 0;
    this.#levels.push(level);
    run();
    this.#levels.pop();
    this.#conditions = conditions;
  }

  /** Runs what happens only under a condition that is not constantly true. */
  conditionally<T>(condition: boolean, run: () => T): T {
    if (condition) this.#conditions++;
    const result = run();
    if (condition) this.#conditions--;
    return result;
  }
}
