import type { Arguments, Expression, Parameter } from "./ast.ts";
import { valuesOf } from "./ast-walk.ts";
import type { Deed } from "./facts.ts";
import type { Scope } from "./scope.ts";

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly at: number;
  readonly conditional: boolean;
  /** Some argument is a part of something, so that the recursion descends into its data. */
  readonly descends: boolean;
  /** Some argument counts up or down from a parameter, which alone ends the recursion. */
  readonly counts: boolean;
  /** Rounds of the loops over constants around the call. */
  readonly rounds: number;
}

/** Stands for the template itself among the callers. */
const TOP = "";
/** Work of one call, in calls and rounds, from which it is noted. */
const NOTABLE_CALLS = 10_000;

/** The macros of a template and who calls whom. */
export class Calls {
  readonly #macros = new Map<string, readonly string[]>();
  readonly #edges = new Map<string, Edge>();
  /** Loops over constants inside macros, by place: a body is read more than once. */
  readonly #loops = new Map<number, { readonly macro: string; readonly rounds: number }>();

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
    const from = scope.macro ?? TOP;
    const values = valuesOf(args);
    const descends = values.some((arg) => isPart(arg, scope));
    const counts = values.some((arg) => arg.type === "operation" && !isPart(arg, scope));
    const rounds = scope.loops.at(-1)?.rounds ?? 1;
    this.#edges.set(`${from} ${to} ${at}`, { from, to, at, conditional: scope.conditional, descends, counts, rounds });
  }

  /** A loop over constants, with those around it. */
  loop(rounds: number, { macro }: Scope, at: number): void {
    if (macro !== null) this.#loops.set(at, { macro, rounds });
  }

  /**
   * Macros that call themselves, directly or not, without any condition; those that call themselves twice without descending; and macros that call
   * each other so often that a short chain of them never ends.
   */
  notes(add: (deed: Deed, at: number) => void): void {
    const edges = [...this.#edges.values()];
    const first = new Map<string, Edge>();
    for (const edge of onCycles(edges.filter((each) => !each.conditional))) if (!first.has(edge.from)) first.set(edge.from, edge);
    for (const [name, { at }] of first) add({ kind: "macro-cycle", name, how: "unconditional" }, at);
    for (const [name, own] of Map.groupBy(
      edges.filter(({ from, to, descends }) => from === to && !descends),
      ({ from }) => from,
    )) {
      const [last] = own.slice(-1);
      const branches = own.length > 1 || own.some(({ rounds }) => rounds > 1);
      if (last !== undefined && branches)
        add({ kind: "macro-cycle", name, how: own.some(({ counts }) => counts) ? "counting" : "branching" }, last.at);
    }
    const [heaviest] = this.#work(edges).sort((a, b) => b.calls - a.calls);
    if (heaviest !== undefined && heaviest.calls >= NOTABLE_CALLS)
      add({ kind: "calls", name: heaviest.edge.to, calls: Math.min(heaviest.calls, 2 ** 52) }, heaviest.edge.at);
  }

  /** How many calls and rounds each call leads to, from the macros that call none upwards. Cycles are another matter and count once. */
  #work(edges: readonly Edge[]): { readonly edge: Edge; readonly calls: number }[] {
    const work = new Map<string, number>();
    for (const { macro, rounds } of this.#loops.values()) work.set(macro, (work.get(macro) ?? 0) + rounds);
    const open = new Map<string, number>();
    for (const { from } of edges) open.set(from, (open.get(from) ?? 0) + 1);
    const arriving = Map.groupBy(edges, (edge) => edge.to);
    const found: { edge: Edge; calls: number }[] = [];
    const done = [...arriving.keys()].filter((name) => !open.has(name));
    for (let name = done.pop(); name !== undefined; name = done.pop())
      for (const edge of arriving.get(name) ?? []) {
        const calls = edge.rounds * (1 + (work.get(name) ?? 0));
        found.push({ edge, calls });
        work.set(edge.from, (work.get(edge.from) ?? 0) + calls);
        const left = (open.get(edge.from) ?? 1) - 1;
        open.set(edge.from, left);
        if (left === 0) done.push(edge.from);
      }
    return found;
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
