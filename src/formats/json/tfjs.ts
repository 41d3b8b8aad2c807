import type { GraphOperator } from "../tensorflow/facts.ts";
import type { Path, Scalar } from "./events.ts";

/** What a `model.json` of TensorFlow.js says: the operators of its graph, and which files hold its weights. */
export interface TfjsFacts {
  readonly operators: readonly GraphOperator[];
  readonly groups: readonly WeightGroup[];
  readonly dropped: number;
}

/** Files that hold the weights of one group, cut into pieces at any byte. */
export interface WeightGroup {
  /** As written: hostile text. */
  readonly paths: readonly { readonly target: string; readonly at: number }[];
  /** Of all weights together; null where one has no size that the document gives. */
  readonly bytes: number | null;
}

const MAX_OPERATORS = 2000;
const MAX_PATHS = 20_000;
const MAX_FUNCTIONS = 20_000;
const MAX_NAME = 200;
/** Bytes of a value by its type (tfjs-core, io/types.ts). Texts have lengths of their own. */
const BYTES: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1, complex64: 8, uint8: 1, uint16: 2, float16: 2 };

interface OpenWeight {
  readonly group: number;
  readonly weight: number;
  elements: number;
  dtype: string;
  quantized: string;
}

/** Told of every scalar of a document in order; what it keeps means something only in a document with a topology and a manifest. */
export class TfjsModel {
  readonly #operators = new Map<string, { name: string; count: number; at: number; inFunction: boolean }>();
  readonly #functions = new Set<string>();
  readonly #groups = new Map<number, { paths: { target: string; at: number }[]; bytes: number | null }>();
  #open: OpenWeight | null = null;
  #paths = 0;
  #dropped = 0;

  see(value: Scalar, path: Path, at: number): void {
    if (path[0] === "modelTopology" && typeof value === "string") this.#topology(value, path, at);
    else if (path[0] === "weightsManifest") this.#manifest(value, path, at);
  }

  end(): TfjsFacts {
    this.#close();
    return {
      operators: [...this.#operators.values()].map((operator) => ({ ...operator, defined: this.#functions.has(operator.name) })),
      groups: [...this.#groups.values()],
      dropped: this.#dropped,
    };
  }

  /** A graph as protobuf's JSON form writes it: `node[i].op`, `library.function[i].nodeDef[j].op`, `library.function[i].signature.name`. */
  #topology(value: string, path: Path, at: number): void {
    const last = path[path.length - 1];
    if (last === "op" && (path[1] === "node" || path.includes("nodeDef") || path.includes("node_def")))
      this.#operator(value.slice(0, MAX_NAME), path[1] === "library", at);
    else if (last === "name" && path[path.length - 2] === "signature" && path[1] === "library") {
      if (this.#functions.size < MAX_FUNCTIONS) this.#functions.add(value.slice(0, MAX_NAME));
      else this.#dropped++;
    }
  }

  #operator(name: string, inFunction: boolean, at: number): void {
    const known = this.#operators.get(name);
    if (known !== undefined) known.count++;
    else if (this.#operators.size < MAX_OPERATORS) this.#operators.set(name, { name, count: 1, at, inFunction });
    else this.#dropped++;
  }

  /** `[group].paths[i]`, and of `[group].weights[i]` its `dtype`, `shape[j]` and `quantization.dtype`. */
  #manifest(value: Scalar, path: Path, at: number): void {
    const [, group, list, index, key, more] = path;
    if (typeof group !== "number" || typeof index !== "number") return;
    if (list === "paths" && path.length === 4 && typeof value === "string") this.#path(group, value, at);
    if (list !== "weights") return;
    if (this.#open?.group !== group || this.#open.weight !== index) {
      this.#close();
      this.#open = { group, weight: index, elements: 1, dtype: "", quantized: "" };
    }
    if (key === "shape" && typeof value === "number") this.#open.elements *= value;
    else if (key === "dtype" && typeof value === "string") this.#open.dtype = value;
    else if (key === "quantization" && more === "dtype" && typeof value === "string") this.#open.quantized = value;
  }

  #path(group: number, target: string, at: number): void {
    if (this.#paths++ < MAX_PATHS) this.#groupOf(group).paths.push({ target, at });
    else this.#dropped++;
  }

  #close(): void {
    const open = this.#open;
    this.#open = null;
    if (open === null) return;
    const group = this.#groupOf(open.group);
    const width = BYTES[open.quantized === "" ? open.dtype : open.quantized];
    const bytes = width === undefined ? null : open.elements * width;
    group.bytes = group.bytes === null || bytes === null || !Number.isSafeInteger(bytes) ? null : group.bytes + bytes;
  }

  #groupOf(group: number): { paths: { target: string; at: number }[]; bytes: number | null } {
    const known = this.#groups.get(group);
    if (known !== undefined) return known;
    const made = { paths: [], bytes: 0 };
    this.#groups.set(group, made);
    return made;
  }
}
