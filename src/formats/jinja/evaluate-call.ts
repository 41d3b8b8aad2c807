import type { Arguments, Expression } from "./ast.ts";
import { pathOf } from "./ast-walk.ts";
import type { Deed } from "./facts.ts";
import { foldMethod, type Given } from "./fold.ts";
import { givenOf, rangeSize } from "./given.ts";
import { NOTABLE, type Note, noteFormat, noteFragments, noteMarker, noteWidth } from "./notes.ts";
import { recordOf } from "./operators.ts";
import { alternatives, DATA, eitherOf, merged, NONE, NUMBER, type Value } from "./values.ts";
import type { World } from "./world.ts";

/** What a call needs to know of names and expressions. */
export interface Names {
  value(expression: Expression): Value;
  /** What a name may hold. */
  lookUp(name: string): Value;
  /** Notes a name that nothing in the template binds. */
  free(name: string, as: "called", at: number): void;
}

const GROWING: readonly string[] = ["append", "extend", "insert", "update"];

/** Follows calls: of macros, methods, the renderer's functions, and of values. */
export class CallEvaluator {
  readonly #world: World;
  readonly #names: Names;

  constructor(world: World, names: Names) {
    this.#world = world;
    this.#names = names;
  }

  call({ callee, args, at }: Expression & { readonly type: "call" }): Value {
    if (callee.type === "name") return this.#byName(callee.name, args, at);
    if (callee.type === "attribute") return this.#method(callee, this.#names.value(callee.of), args);
    const target = this.#names.value(callee);
    return this.#byValue(target, this.#given(args), args, at);
  }

  #given(args: Arguments): Given {
    return givenOf(args, (expression) => this.#names.value(expression));
  }

  #noteAt(at: number): Note {
    return (deed: Deed) => this.#world.add(deed, at);
  }

  #byName(name: string, args: Arguments, at: number): Value {
    const { scope, calls, bindings } = this.#world;
    const given = this.#given(args);
    if (name === "caller" && scope.macro !== null) return DATA;
    if (scope.binds(name) || (bindings.get(name) !== undefined && !calls.isMacro(name))) {
      if (name === "loop") return DATA;
      return this.#byValue(this.#names.lookUp(name), given, args, at);
    }
    if (calls.isMacro(name)) return this.#macro(name, given, args, at);
    this.#names.free(name, "called", at);
    noteWidth(name, given, this.#noteAt(at));
    switch (name) {
      case "range":
        return this.#range(given, at);
      case "dict":
        return recordOf([...given.named]);
      case "namespace":
        for (const [key, value] of given.named) bindings.bind(`.${key}`, value);
        return recordOf([...given.named]);
      default:
        return DATA;
    }
  }

  #range(given: Given, at: number): Value {
    const size = rangeSize(given);
    if (size === null) return { is: "many", of: NUMBER };
    if (size >= NOTABLE) this.#world.add({ kind: "range", size }, at);
    return { is: "many", of: NUMBER, size };
  }

  #macro(name: string, given: Given, args: Arguments, at: number): Value {
    this.#world.calls.call(name, args, this.#world.scope, at);
    this.#world.called.set(at, name);
    this.#world.calls.parametersOf(name).forEach((parameter, i) => {
      const value = given.positional[i] ?? given.named.get(parameter) ?? given.named.get("*");
      if (value !== undefined) this.#world.bindings.bind(parameter, value);
    });
    return this.#world.bindings.get(`macro ${name}`) ?? merged([]);
  }

  #byValue(target: Value, given: Given, args: Arguments, at: number): Value {
    const results = alternatives(target).map((each) => {
      if (each.is === "macro") return this.#macro(each.name, given, args, at);
      // an element of a list that is still empty
      if (each.is === "none") return NONE;
      this.#world.add({ kind: "call-value" }, at);
      return merged([each, ...given.positional]);
    });
    return eitherOf(results);
  }

  #method({ of: owner, name, at }: Expression & { readonly type: "attribute" }, of: Value, args: Arguments): Value {
    const given = this.#given(args);
    const note = this.#noteAt(at);
    const onText = alternatives(of).some((each) => each.is === "text");
    const onLoop = owner.type === "name" && owner.name === "loop";
    note({ kind: "method", name, on: onLoop ? "loop" : onText ? "text" : "other" });
    if (onLoop && name === "cycle") return eitherOf(given.positional);
    if (GROWING.includes(name)) this.#grow(owner, name, given, at);
    if (name === "format" || name === "format_map") noteFormat(of, given, note);
    if (name === "join" && given.positional[0] !== undefined) noteFragments(given.positional[0], of, note);
    if (name === "replace") noteMarker(of, given, note);
    noteWidth(name, given, note);
    return foldMethod(name, of, given);
  }

  /** A list that grows is bound again, and never ends when a loop runs over it. */
  #grow(owner: Expression, name: string, given: Given, at: number): void {
    const path = pathOf(owner);
    const added = given.positional.at(-1);
    if (path === null || added === undefined || name === "update") return;
    this.#world.bindings.bind(path, { is: "many", of: added });
    if (this.#world.scope.loops.some((loop) => loop.over === path)) this.#world.add({ kind: "endless-loop", name: path.replace(/^\./, "") }, at);
  }
}
