import type { Budget } from "../../limits.ts";
import type { Target } from "./ast.ts";
import { elementOf } from "./operators.ts";
import { alternatives, DATA, eitherOf, keyOf, opened, type Value } from "./values.ts";

/**
 * What every variable, namespace attribute and macro result may hold anywhere in the template, without regard to order or scope. That is coarser than
 * a rendering and misses none of its constants: a name that is set in one branch and used in another is seen.
 */
export class Bindings {
  readonly #values = new Map<string, Value>();
  readonly #budget: Budget;
  #changed = new Set<string>();
  #last: ReadonlySet<string> = new Set();
  /** Bindings no longer change: the pass that reports has begun. */
  #frozen = false;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  get(name: string): Value | undefined {
    return this.#values.get(name);
  }

  bind(name: string, value: Value): void {
    if (this.#frozen) return;
    const old = this.#values.get(name);
    const joined = withoutLengths(old === undefined ? eitherOf([value]) : eitherOf([old, value]));
    const key = keyOf(joined);
    this.#budget.steps(1 + (key.length >> 3));
    if (old !== undefined && keyOf(old) === key) return;
    this.#values.set(name, joined);
    this.#changed.add(name);
  }

  bindTarget(target: Target, value: Value): void {
    if (target.type === "name") this.bind(target.name, value);
    else if (target.type === "attribute") this.bind(`.${target.name}`, value);
    else for (const [i, item] of target.items.entries()) this.bindTarget(item, part(value, i));
  }

  /** Starts the next pass; yields whether the last one changed anything. */
  nextPass(): boolean {
    this.#last = this.#changed;
    this.#changed = new Set();
    return this.#last.size > 0;
  }

  /** Opens what the last pass still changed, because it is made from itself. */
  widen(): void {
    for (const name of this.#last) {
      const value = this.#values.get(name);
      if (value !== undefined) this.#values.set(name, opened(alternatives(value)));
    }
  }

  freeze(): void {
    this.#frozen = true;
  }
}

/** Lists of several lengths are one list of unknown length, so that `x = x + [y]` settles. */
function withoutLengths(value: Value): Value {
  if (value.is !== "either") return value;
  const lists = value.of.filter((each) => each.is === "list" || each.is === "many");
  if (lists.length < 2) return value;
  return eitherOf([
    ...value.of.filter((each) => !(each.is === "list" || each.is === "many")),
    { is: "many", of: eitherOf(lists.filter((each) => !(each.is === "list" && each.items.length === 0)).map((each) => elementOf(each))) },
  ]);
}

function part(value: Value, index: number): Value {
  if (value.is === "list") return value.items[index] ?? DATA;
  if (value.is === "either") return eitherOf(value.of.map((each) => part(each, index)));
  return elementOf(value);
}
