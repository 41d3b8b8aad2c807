import type { Path, Scalar } from "./events.ts";

const CLASS_NAME = 1;
const CONFIG = 2;
const MODULE = 4;

/**
 * Whether a document holds what Keras builds an object from: `class_name` and `config`, with a `module` beside them or at the top. Keras looks
 * for them at any depth, so a document of another shape that holds one is a configuration of Keras, too.
 */
export class KerasObjects {
  /** Which of the keys the open object at each depth has. */
  readonly #keys: number[] = [];
  found = false;

  enter(kind: "object" | "array", path: Path): void {
    this.#see(path);
    if (kind === "object") this.#keys[path.length] = path.length === 0 ? MODULE : 0;
  }

  scalar(value: Scalar, path: Path): void {
    if (typeof value === "string" || value === null) this.#see(path);
  }

  #see(path: Path): void {
    const key = path[path.length - 1];
    const bit = key === "class_name" ? CLASS_NAME : key === "config" ? CONFIG : key === "module" ? MODULE : 0;
    if (bit === 0) return;
    const depth = path.length - 1;
    const keys = (this.#keys[depth] ?? 0) | bit;
    this.#keys[depth] = keys;
    this.found ||= keys === (CLASS_NAME | CONFIG | MODULE);
  }
}
