import type { Arguments, Expression, Parameter } from "./ast.ts";
import { valuesOf } from "./expressions.ts";
import type { Deed } from "./facts.ts";
import type { Scope } from "./scope.ts";

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly at: number;
  readonly conditional: boolean;
  /** Some argument is a part of something, so that the recursion descends into its data. */
  readonly descends: boolean;
}

/** The macros of a template and who calls whom. */
export class Calls {
  readonly #macros = new Map<string, readonly string[]>();
  readonly #edges = new Map<string, Edge>();

  declare(name: string, parameters: readonly Parameter[]): void {
    this.#macros.set(
      name,
      parameters.map((parameter) => parameter.name),
    );
  }

  isMacro(name: string): boolean {
    return this.#macros.has(name);
  }

  parametersOf(name: string): readonly string[] {
    return this.#macros.get(name) ?? [];
  }

  call(to: string, args: Arguments, scope: Scope, at: number): void {
    const from = scope.macro;
    if (from === null) return;
    const descends = valuesOf(args).some((arg) => isPart(arg, scope));
    this.#edges.set(`${from} ${to} ${at}`, { from, to, at, conditional: scope.conditional, descends });
  }

  /** Macros that call themselves, directly or not, without any condition; and those that call themselves twice without descending. */
  notes(add: (deed: Deed, at: number) => void): void {
    const edges = [...this.#edges.values()];
    const next = new Map<string, Set<string>>();
    for (const edge of edges) if (!edge.conditional) next.set(edge.from, (next.get(edge.from) ?? new Set()).add(edge.to));
    for (const [name, called] of next) {
      if (reaches(called, name, next)) add({ kind: "macro-cycle", name, how: "unconditional" }, edges.find((edge) => edge.from === name)?.at ?? 0);
    }
    for (const name of new Set(edges.map((edge) => edge.from))) {
      const again = edges.filter((edge) => edge.from === name && edge.to === name && !edge.descends);
      if (again.length >= 2) add({ kind: "macro-cycle", name, how: "branching" }, again[0]?.at ?? 0);
    }
  }
}

function reaches(start: ReadonlySet<string>, wanted: string, next: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const seen = new Set<string>();
  const work = [...start];
  for (let name = work.pop(); name !== undefined; name = work.pop()) {
    if (name === wanted) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    work.push(...(next.get(name) ?? []));
  }
  return false;
}

/** Whether an argument is made of anything but constants and the parameters of the macro. */
function isPart(expression: Expression, scope: Scope): boolean {
  switch (expression.type) {
    case "name":
      return !scope.isParameter(expression.name);
    case "operation":
      return isPart(expression.first, scope) || expression.rest.some((each) => isPart(each.right, scope));
    case "unary":
      return isPart(expression.of, scope);
    case "text":
    case "number":
    case "boolean":
    case "none":
      return false;
    default:
      return true;
  }
}
