import { type Path, pointerOf, type Scalar } from "./events.ts";
import { type CodeName, MAX_KEPT, MAX_TEXT } from "./facts.ts";

/** A module and a name in it, written beside each other; `class_name` is left to the examiner of what Keras builds. */
const MODULES: ReadonlySet<string> = new Set(["__module__", "module", "module_name", "_module"]);
const NAMES: ReadonlySet<string> = new Set(["__name__", "name", "class", "cls", "function", "func", "attr", "qualname"]);
const PART = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;

interface Open {
  readonly depth: number;
  module: { readonly value: string; readonly at: number; readonly physics: boolean } | null;
  name: { readonly value: string; readonly physics: boolean } | null;
}

/**
 * Puts together what loaders take apart: PhysicsNeMo and Modulus (`Module.instantiate`) import `__module__`, take `__name__` of it and call that with
 * `__args__`; fiddle and others write a reference as `module` and `name`.
 */
export class NamedPairs {
  readonly #open: (Open | undefined)[] = [];
  readonly #seen = new Set<string>();
  readonly names: CodeName[] = [];
  dropped = 0;

  enter(path: Path): void {
    this.#open[path.length] = undefined;
  }

  see(value: Scalar, path: Path, at: number): void {
    const last = path[path.length - 1];
    if (typeof last !== "string" || typeof value !== "string" || value.length > 1000) return;
    const isModule = MODULES.has(last);
    if ((!isModule && !NAMES.has(last)) || !PART.test(value)) return;
    const depth = path.length - 1;
    const open = this.#open[depth] ?? { depth, module: null, name: null };
    this.#open[depth] = open;
    const physics = last.startsWith("__");
    if (isModule) open.module = { value, at, physics };
    else open.name = { value, physics };
    if (open.module !== null && open.name !== null) this.#add(open.module, open.name, path);
  }

  #add(module: { value: string; at: number; physics: boolean }, name: { value: string; physics: boolean }, path: Path): void {
    const value = `${module.value}.${name.value}`;
    const key = module.physics && name.physics ? "instantiated" : "registered";
    if (this.#seen.has(`${key} ${value}`)) return;
    if (this.#seen.size >= MAX_KEPT * 10) this.dropped++;
    else {
      this.#seen.add(`${key} ${value}`);
      this.names.push({ key, pointer: pointerOf(path).slice(0, MAX_TEXT), value, at: module.at });
    }
  }
}
