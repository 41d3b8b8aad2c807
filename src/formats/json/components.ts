import { type Path, pointerOf, type Scalar } from "./events.ts";
import { type CodeName, MAX_KEPT, MAX_TEXT } from "./facts.ts";

/**
 * Components of a diffusers pipeline are written `"unet": ["library", "Class"]` beside `_class_name`, and the library is imported by name. Lists of
 * two block types look alike, but name two classes; keys that begin with an underscore are no components.
 */
export class Components {
  readonly #candidates: { readonly name: CodeName; readonly isModule: boolean }[] = [];
  #className: string | null = null;
  #first: { readonly key: string; readonly value: string; readonly at: number } | null = null;
  #dropped = 0;

  see(value: Scalar, path: Path, at: number): void {
    const [key, index] = path;
    if (key === "_class_name" && typeof value === "string") this.#className ??= value;
    if (typeof key !== "string" || key.startsWith("_") || path.length !== 2) return;
    if (index === 0) this.#first = typeof value === "string" ? { key, value, at } : null;
    else if (index === 1 && this.#first?.key === key && typeof value === "string") this.#add(this.#first, value);
  }

  /** The libraries of the components; none in a document without `_class_name`. */
  end(): { readonly names: readonly CodeName[]; readonly dropped: number } {
    if (this.#className === null) return { names: [], dropped: 0 };
    const isPipeline = this.#className.includes("Pipeline");
    return { names: this.#candidates.filter(({ isModule }) => isModule || isPipeline).map(({ name }) => name), dropped: this.#dropped };
  }

  #add(first: { readonly key: string; readonly value: string; readonly at: number }, className: string): void {
    if (!/^[A-Z_]\w*$/.test(className)) return;
    const { key, value, at } = first;
    const name: CodeName = { key: "component", pointer: pointerOf([key, 0]).slice(0, MAX_TEXT), value, at };
    if (this.#candidates.length < MAX_KEPT) this.#candidates.push({ name, isModule: !/^[A-Z]/.test(value) });
    else this.#dropped++;
  }
}
