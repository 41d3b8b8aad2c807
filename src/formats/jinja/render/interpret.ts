import type { Expression, Parameter, Statement, Target, Template } from "../ast.ts";
import { type ExpressionSetting, Expressions, type Steer } from "./expressions.ts";
import { failure, RenderFault } from "./fault.ts";
import { type Clock, globalsOf } from "./globals.ts";
import type { Meter } from "./meter.ts";
import { Frame } from "./scope.ts";
import { textOf } from "./text-of.ts";
import { Callable, Dict, elementsOf, firstOf, type Given, LoopInfo, Namespace, type PyValue, Tuple, textIn, Undefined } from "./values.ts";

/** What a rendering is given besides the template. */
export interface Setting extends ExpressionSetting {
  readonly variables: ReadonlyMap<string, PyValue>;
  readonly clock: Clock;
  /** Goes on behind a statement that fails, and refuses nothing: to see what stands behind conditions that a conversation does not meet. */
  readonly lenient: boolean;
}

type For = Statement & { readonly type: "for" };
type Jump = "break" | "continue" | null;

/** Text that is being written: of the template, or of a macro or block that is captured. */
export class Output {
  readonly #parts: string[] = [];
  readonly #meter: Meter;
  #length = 0;

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  write(text: string): void {
    this.#length += text.length;
    this.#meter.text(this.#length);
    this.#parts.push(text);
  }

  get text(): string {
    return this.#parts.join("");
  }
}

/** Runs a template. Throws RenderFault where Jinja would raise, and at its bounds; what was written before stands in the output. */
export function interpret(template: Template, setting: Setting, output: Output): void {
  new Interpreter(setting).render(template.body, output);
}

/** A filter block yields what its filter does, which must be text. */
function written(value: PyValue): string {
  const text = textIn(value);
  if (text === null) throw failure("expected str instance");
  return text;
}

class Interpreter {
  readonly #meter: Meter;
  readonly #expressions: Expressions;
  readonly #steer: Steer;
  readonly #lenient: boolean;

  constructor({ variables, clock, mutable, watch, steer, lenient, meter }: Setting) {
    this.#meter = meter;
    this.#steer = steer;
    this.#lenient = lenient;
    const globals: { map: ReadonlyMap<string, PyValue> } = { map: new Map() };
    this.#expressions = new Expressions({ meter, mutable, watch, steer, lenient }, (name) => firstOf(variables.get(name), globals.map.get(name)));
    globals.map = globalsOf(this.#expressions, clock, lenient);
  }

  render(body: readonly Statement[], output: Output): void {
    this.#run(body, new Frame(null), output);
  }

  #run(body: readonly Statement[], frame: Frame, output: Output): Jump {
    return this.#meter.deeper(() => {
      for (const statement of body) {
        this.#meter.step();
        const jump = this.#lenient ? this.#attempted(statement, frame, output) : this.#statement(statement, frame, output);
        if (jump !== null) return jump;
      }
      return null;
    });
  }

  #attempted(statement: Statement, frame: Frame, output: Output): Jump {
    try {
      return this.#statement(statement, frame, output);
    } catch (fault) {
      if (!(fault instanceof RenderFault) || fault.kind === "limit") throw fault;
      return null;
    }
  }

  #statement(statement: Statement, frame: Frame, output: Output): Jump {
    switch (statement.type) {
      case "data":
        output.write(statement.text);
        return null;
      case "output":
        output.write(textOf(this.#expressions.value(statement.value, frame), this.#meter));
        return null;
      case "if": {
        const branch = statement.branches.find(({ test }) => this.#expressions.holds(test, frame));
        return this.#run(branch?.body ?? statement.otherwise, frame, output);
      }
      case "for":
        return this.#for(statement, this.#expressions.value(statement.iterable, frame), frame, output, 0);
      case "set":
        this.#assign(statement.target, this.#expressions.value(statement.value, frame), frame);
        return null;
      case "set-block": {
        const text = this.#captured(statement.body, new Frame(frame));
        this.#assign(statement.target, this.#filtered(statement.filter, text, frame), frame);
        return null;
      }
      case "macro":
        frame.set(statement.name, this.#macro(statement.name, statement.parameters, statement.body, frame));
        return null;
      case "call":
        output.write(textOf(this.#callBlock(statement, frame), this.#meter));
        return null;
      case "filter":
        output.write(written(this.#filtered(statement.filter, this.#captured(statement.body, new Frame(frame)), frame)));
        return null;
      case "jump":
        return statement.name;
      case "tag":
        return this.#tag(statement, frame, output);
      case "unparsed":
        throw new RenderFault("unsupported", "a tag that cannot be parsed");
    }
  }

  #captured(body: readonly Statement[], frame: Frame): string {
    const output = new Output(this.#meter);
    this.#run(body, frame, output);
    return output.text;
  }

  #assign(target: Target, value: PyValue, frame: Frame): void {
    if (target.type === "name") frame.set(target.name, value);
    else if (target.type === "attribute") {
      const namespace = this.#expressions.value({ type: "name", name: target.of, at: 0, height: 0 }, frame);
      if (namespace instanceof Dict && this.#expressions.mutable) namespace.set(target.name, value);
      else if (!(namespace instanceof Namespace)) throw failure("cannot assign attribute on non-namespace object");
      else namespace.attributes.set(target.name, value);
    } else {
      const parts = elementsOf(value, this.#meter);
      if (parts.length !== target.items.length) throw failure("a wrong number of values to unpack");
      for (const [i, item] of target.items.entries()) this.#assign(item, parts[i] ?? null, frame);
    }
  }

  #filtered(filter: Expression | null, value: PyValue, frame: Frame): PyValue {
    if (filter === null || filter.type !== "filter") return value;
    return this.#expressions.filter(filter.name, this.#filtered(filter.of, value, frame), this.#expressions.given(filter.args, frame));
  }

  #for(statement: For, over: PyValue, around: Frame, output: Output, depth: number): Jump {
    const items = this.#rounds(statement, this.#selected(statement, over, around));
    const again = (inner: PyValue): PyValue => {
      const text = new Output(this.#meter);
      this.#meter.deeper(() => this.#for(statement, inner, around, text, depth + 1));
      return text.text;
    };
    const loop = new LoopInfo(items, depth, statement.recursive ? again : null);
    // a list may grow while the loop runs over it
    for (; loop.index0 < items.length; loop.index0++) {
      this.#meter.step();
      const frame = new Frame(around);
      this.#assign(statement.target, items[loop.index0] ?? null, frame);
      frame.set("loop", loop);
      if (this.#run(statement.body, frame, output) === "break") break;
    }
    if (items.length === 0) this.#run(statement.otherwise, new Frame(around), output);
    return null;
  }

  /** A loop that is turned runs once where it would not, or not at all. */
  #rounds(statement: For, items: readonly PyValue[]): readonly PyValue[] {
    const runs = this.#steer(statement, items.length > 0);
    if (runs === items.length > 0) return items;
    return runs ? [new Undefined("an element")] : [];
  }

  #selected({ target, test }: For, over: PyValue, around: Frame): readonly PyValue[] {
    const items = elementsOf(over, this.#meter);
    if (test === null) return items;
    return items.filter((item) => {
      this.#meter.step();
      const frame = new Frame(around);
      this.#assign(target, item, frame);
      return this.#expressions.holds(test, frame);
    });
  }

  #macro(name: string, parameters: readonly Parameter[], body: readonly Statement[], around: Frame): Callable {
    return new Callable(name, (given) => {
      const frame = new Frame(around);
      this.#bind(parameters, given, frame);
      return this.#captured(body, frame);
    });
  }

  #bind(parameters: readonly Parameter[], { positional, named }: Given, frame: Frame): void {
    const extra = new Dict();
    for (const [key, value] of named) if (!parameters.some((each) => each.name === key)) extra.set(key, value);
    frame.set("varargs", new Tuple(positional.slice(parameters.length)));
    frame.set("kwargs", extra);
    frame.set("caller", named.get("caller") ?? new Undefined("caller"));
    for (const [i, parameter] of parameters.entries()) {
      const given = i < positional.length ? positional[i] : named.get(parameter.name);
      const value = given === undefined ? this.#default(parameter, frame) : given;
      frame.set(parameter.name, value);
    }
  }

  #default({ name, default: expression }: Parameter, frame: Frame): PyValue {
    return expression === null ? new Undefined(name) : this.#expressions.value(expression, frame);
  }

  #callBlock({ call, parameters, body }: Statement & { readonly type: "call" }, frame: Frame): PyValue {
    if (call.type !== "call") throw new RenderFault("unsupported", "a call block of what is no call");
    const caller = this.#macro("caller", parameters, body, frame);
    const { positional, named } = this.#expressions.given(call.args, frame);
    return this.#expressions.call(this.#expressions.value(call.callee, frame), { positional, named: new Map([...named, ["caller", caller]]) });
  }

  #tag({ name, bound, expressions, body }: Statement & { readonly type: "tag" }, frame: Frame, output: Output): Jump {
    switch (name) {
      case "generation":
        return this.#run(body, new Frame(frame), output);
      case "with": {
        const inner = new Frame(frame);
        for (const each of bound) if (each.value !== null) inner.set(each.name, this.#expressions.value(each.value, frame));
        return this.#run(body, inner, output);
      }
      case "do":
        for (const expression of expressions) this.#expressions.value(expression, frame);
        return null;
      default:
        throw new RenderFault("unsupported", `the tag ${name}`);
    }
  }
}
