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
    const first = new Map<string, Edge>();
    for (const edge of onCycles(edges.filter((each) => !each.conditional))) if (!first.has(edge.from)) first.set(edge.from, edge);
    for (const [name, { at }] of first) add({ kind: "macro-cycle", name, how: "unconditional" }, at);
    const again = new Map<string, number>();
    for (const edge of edges) {
      if (edge.from !== edge.to || edge.descends) continue;
      const count = (again.get(edge.from) ?? 0) + 1;
      again.set(edge.from, count);
      if (count === 2) add({ kind: "macro-cycle", name: edge.from, how: "branching" }, edge.at);
    }
  }
}

/** What is left when macros that call none of the others, and then those that none of the others calls, are taken away one after the other. */
function onCycles(edges: readonly Edge[]): readonly Edge[] {
  return peeled(peeled(edges, "to", "from"), "from", "to");
}

/** Takes away edges whose `ahead` end begins no edge (has none at its `behind` end), until there are no such edges. Linear in the edges. */
function peeled(edges: readonly Edge[], ahead: "from" | "to", behind: "from" | "to"): readonly Edge[] {
  const left = new Map<string, number>();
  for (const edge of edges) left.set(edge[behind], (left.get(edge[behind]) ?? 0) + 1);
  const arriving = Map.groupBy(edges, (edge) => edge[ahead]);
  const gone = new Set<Edge>();
  const work = [...arriving.keys()].filter((name) => !left.has(name));
  for (let name = work.pop(); name !== undefined; name = work.pop()) {
    for (const edge of arriving.get(name) ?? []) {
      gone.add(edge);
      const count = (left.get(edge[behind]) ?? 1) - 1;
      left.set(edge[behind], count);
      if (count === 0) work.push(edge[behind]);
    }
  }
  return edges.filter((edge) => !gone.has(edge));
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
