import { type Judgement, judgeGlobal } from "../callables/judge.ts";
import builtins from "../keras/data/python-builtins.json" with { type: "json" };
import { actingComponent, monaiComponent } from "./monai-components.ts";

const BUILTINS: ReadonlySet<string> = new Set(builtins.names.split(" "));

/**
 * A name without a module: MONAI looks in its own table, then asks `pydoc.locate`, which knows builtins and top-level modules; jsonargparse looks among the classes
 * that a parameter takes. Yields the dotted name that it stands for, or the judgement.
 */
export function judgeBareName(name: string, bundle: boolean): string | Judgement {
  const acting = actingComponent(name);
  if (acting !== null) return acting;
  const component = bundle ? monaiComponent(name) : null;
  if (component !== null) return component;
  const judgement = judgeGlobal({ module: "builtins", name }, { called: true, shellLikeLiteral: false });
  if (BUILTINS.has(name) || judgement.severity === null || judgement.effect !== undefined) return judgement;
  return {
    standing: "unknown",
    severity: "medium",
    canonical: name,
    reason: "a name without a module: its loader has a table of its own for such names",
  };
}
