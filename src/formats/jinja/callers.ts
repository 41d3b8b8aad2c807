import type { Budget } from "../../limits.ts";
import type { Expression, Statement } from "./ast.ts";
import { bodiesOf, childrenOf, expressionsOf, pathOf } from "./ast-walk.ts";
import { type Macros, namedFirst } from "./macro-order.ts";

/** How a macro runs the block that a `call` hands to it. */
export interface CallerRuns {
  /** In one call of the macro, loops over constants counted. */
  readonly times: number;
  /** The lists of the data that it loops over around that, outermost first. */
  readonly over: readonly string[];
}

export interface CallersInput {
  readonly macros: Macros;
  /** Rounds of the loops over constants, by place. */
  readonly rounds: ReadonlyMap<number, number>;
  /** Macros that calls lead to, by place. */
  readonly called: ReadonlyMap<number, string>;
  readonly budget: Budget;
}

const NEVER: CallerRuns = { times: 0, over: [] };
const ONCE: CallerRuns = { times: 1, over: [] };

/** What macros do with `caller()`, also through other macros: `{% macro d() %}{{ caller() }}{{ caller() }}{% endmacro %}`, nested, doubles at each level. */
export class Callers {
  readonly #input: CallersInput;
  readonly #known = new Map<string, CallerRuns>();
  /** Variables that hold the caller. */
  readonly #aliases = new Set(["caller"]);

  constructor(input: CallersInput) {
    this.#input = input;
    for (const name of namedFirst(input.macros, input.budget)) this.#known.set(name, this.#body(input.macros.get(name)?.body ?? []));
  }

  /** Nothing is known of a macro that calls itself while it is being read: that is another matter. */
  runsOf(macro: string): CallerRuns {
    return this.#known.get(macro) ?? NEVER;
  }

  #body(body: readonly Statement[]): CallerRuns {
    return inOrder(body.map((statement) => this.#statement(statement)));
  }

  #statement(statement: Statement): CallerRuns {
    this.#input.budget.steps(1);
    if (statement.type === "set" && statement.target.type === "name" && this.#holdsCaller(statement.value)) this.#aliases.add(statement.target.name);
    const own = inOrder(expressionsOf(statement).map((expression) => this.#expression(expression)));
    switch (statement.type) {
      case "macro":
        return NEVER;
      case "if":
        return inOrder([own, most(bodiesOf(statement).map((body) => this.#body(body)))]);
      case "for":
        return inOrder([own, this.#loop(statement), this.#body(statement.otherwise)]);
      case "call":
        return inOrder([own, within(this.runsOf(this.#input.called.get(statement.call.at) ?? ""), this.#body(statement.body))]);
      default:
        return inOrder([own, ...bodiesOf(statement).map((body) => this.#body(body))]);
    }
  }

  #loop({ at, iterable, body }: Statement & { readonly type: "for" }): CallerRuns {
    const times = this.#input.rounds.get(at);
    const path = pathOf(iterable);
    return within({ times: times ?? 1, over: times !== undefined || path === null ? [] : [path] }, this.#body(body));
  }

  #expression(expression: Expression): CallerRuns {
    this.#input.budget.steps(1);
    const inside = inOrder(childrenOf(expression).map((child) => this.#expression(child)));
    return expression.type === "call" && this.#holdsCaller(expression.callee) ? inOrder([ONCE, inside]) : inside;
  }

  #holdsCaller(expression: Expression): boolean {
    return expression.type === "name" && this.#aliases.has(expression.name);
  }
}

function inOrder(all: readonly CallerRuns[]): CallerRuns {
  const times = all.reduce((sum, each) => sum + each.times, 0);
  return times === 0 ? NEVER : { times, over: deepest(all) };
}

function most(all: readonly CallerRuns[]): CallerRuns {
  return { times: Math.max(0, ...all.map(({ times }) => times)), over: deepest(all) };
}

function within(outer: CallerRuns, inner: CallerRuns): CallerRuns {
  const times = outer.times * inner.times;
  return times === 0 ? NEVER : { times, over: [...outer.over, ...inner.over].slice(0, MAX_DEPTH) };
}

const MAX_DEPTH = 32;

function deepest(all: readonly CallerRuns[]): readonly string[] {
  return all.reduce<readonly string[]>((deep, { over }) => (over.length > deep.length ? over : deep), []);
}
