import type { Budget } from "../../../limits.ts";
import type { Template } from "../ast.ts";
import { lex } from "../lex.ts";
import type { Memory } from "../memory.ts";
import { parseTemplate } from "../statements.ts";
import type { Steer, Watch } from "./expressions.ts";
import { RenderFault } from "./fault.ts";
import type { Clock } from "./globals.ts";
import { interpret, Output } from "./interpret.ts";
import { pythonOf } from "./json-text.ts";
import { Meter, RENDER_LIMITS, type RenderLimits } from "./meter.ts";
import type { PyValue } from "./values.ts";

export type Rendered =
  | { readonly kind: "text"; readonly text: string; readonly steps: number }
  | { readonly kind: RenderFault["kind"]; readonly why: string; readonly steps: number };

export interface RenderOptions {
  readonly clock: Clock;
  /** Whether lists and mappings may be changed: transformers refuses, llama.cpp does not. */
  readonly mutable?: boolean;
  readonly watch?: Watch;
  /** Which way conditions go: as they do, unless told otherwise. */
  readonly steer?: Steer;
  /** Whether to go on behind what fails; what was written up to a bound is the result. */
  readonly lenient?: boolean;
  readonly limits?: RenderLimits;
}

/** A template as Jinja reads it for rendering: line ends are `\n`, and one at the very end does not count. */
export function plainOf(source: string): string {
  return source.replace(/\r\n|\r/g, "\n").replace(/\n$/, "");
}

export function templateOf(source: string, memory: Memory, budget: Budget): Template {
  const plain = plainOf(source);
  return parseTemplate(lex(plain, memory, budget), plain.length, budget);
}

/**
 * Renders a parsed chat template with plain data, as transformers 5 does: Jinja 3.1's immutable sandbox without autoescape, with loop controls,
 * `generation`, `raise_exception`, `strftime_now` and a `tojson` that does not escape. Bounded in steps, text, lists and depth; never throws for
 * what a template does. https://huggingface.co/docs/transformers/main/en/chat_templating
 */
export function render(template: Template, data: Readonly<Record<string, unknown>>, budget: Budget, options: RenderOptions): Rendered {
  const meter = new Meter(options.limits ?? RENDER_LIMITS, budget);
  const output = new Output(meter);
  const { clock, mutable = false, watch = () => {}, steer = (_, holds) => holds, lenient = false } = options;
  try {
    const variables = new Map<string, PyValue>(Object.entries(data).map(([name, value]) => [name, pythonOf(value, meter)]));
    interpret(template, { variables, clock, mutable, watch, steer, lenient, meter }, output);
    return { kind: "text", text: output.text, steps: meter.steps };
  } catch (fault) {
    if (!(fault instanceof RenderFault)) throw fault;
    if (lenient) return { kind: "text", text: output.text, steps: meter.steps };
    return { kind: fault.kind, why: fault.message, steps: meter.steps };
  }
}
