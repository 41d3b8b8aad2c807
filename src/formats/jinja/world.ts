import type { Budget } from "../../limits.ts";
import type { Bindings } from "./bindings.ts";
import type { Callers } from "./callers.ts";
import type { Deed } from "./facts.ts";
import type { Calls } from "./macros.ts";
import type { Namespaces } from "./namespaces.ts";
import type { Scope } from "./scope.ts";

/** What one pass over a template knows and writes to. */
export interface World {
  readonly budget: Budget;
  readonly bindings: Bindings;
  readonly scope: Scope;
  readonly calls: Calls;
  readonly namespaces: Namespaces;
  /** Rounds of the loops over constants, by place. */
  readonly rounds: Map<number, number>;
  /** Macros that calls lead to, by the place of the call: a variable may hold one. */
  readonly called: Map<number, string>;
  /** Null while variables are still being settled. */
  readonly callers: Callers | null;
  add(deed: Deed, at: number): void;
}
