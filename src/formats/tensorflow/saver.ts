import type { Budget } from "../../limits.ts";
import { MAX_NAME } from "./schema.ts";

/** What is kept of a node to follow a file name to where it comes from. */
export interface TracedNode {
  readonly name: string;
  readonly op: string;
  /** The first input; empty where there is none. */
  readonly input: string;
  /** The text that a constant holds, where it is one text. */
  readonly constant: string | null;
}

/** Operators of a saver that write the file which their first input names. */
const WRITERS: ReadonlySet<string> = new Set(["Save", "SaveSlices"]);
/** These make no other name than the one that they are given, but for the number of a shard. */
const HANDS_ON: ReadonlySet<string> = new Set(["Identity", "ShardedFilename"]);
const WITH_DEFAULT = "PlaceholderWithDefault";
const KEPT: ReadonlySet<string> = new Set([...HANDS_ON, WITH_DEFAULT, "Placeholder", "Const"]);
const MAX_NODES = 50_000;
/** A saver has one for each shard. */
const MAX_WRITERS = 2000;
const NODE_BYTES = 96;
const MAX_STEPS = 16;
/** What a name is until a program gives another: TensorFlow writes `model`. A place, or a kind of file that something runs, is none. */
const PLAIN_DEFAULT = /^[\w-]{1,64}(?:\.ckpt)?$/;

/**
 * Follows the file name of each writer back to the tensor that the graph's saver_def names: the program that runs the saver gives its value.
 * https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/saver.proto
 */
export class SaverTrace {
  readonly #budget: Budget;
  /** By name; null where a name stands twice. */
  readonly #nodes = new Map<string, TracedNode | null>();
  readonly #writers: { readonly op: string; readonly input: string }[] = [];
  readonly #fileNames: string[] = [];
  readonly #fed = new Set<string>();
  readonly #others = new Set<string>();
  #heldBytes = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** A node of a graph, not of a function: nobody gives a name to what stands in a function. */
  node(node: TracedNode, inFunction: boolean): void {
    if (WRITERS.has(node.op) && (inFunction || this.#writers.length >= MAX_WRITERS)) this.#others.add(node.op);
    else if (WRITERS.has(node.op)) this.#writers.push({ op: node.op, input: node.input });
    else if (!inFunction && KEPT.has(node.op) && (node.op !== "Const" || node.constant !== null)) this.#keep(node);
  }

  /** `filename_tensor_name` of a saver_def. */
  saver(fileName: string): void {
    if (this.#fileNames.length < 2) this.#fileNames.push(fileName);
  }

  /** A graph ends: its names mean nothing in the next one. */
  endGraph(): void {
    const [fileName, another] = this.#fileNames;
    const given = fileName === undefined || another !== undefined ? null : nodeOf(fileName);
    for (const { op, input } of this.#writers) (given !== null && this.#comesFrom(given, input) ? this.#fed : this.#others).add(op);
    this.#budget.release(this.#heldBytes);
    this.#heldBytes = 0;
    this.#nodes.clear();
    this.#writers.length = 0;
    this.#fileNames.length = 0;
  }

  /** Writers of which each one takes the name that a program gives. */
  get fed(): readonly string[] {
    return [...this.#fed].filter((op) => !this.#others.has(op));
  }

  #keep(node: TracedNode): void {
    if (this.#nodes.size >= MAX_NODES || node.name === "") return;
    const bytes = NODE_BYTES + 2 * (node.name.length + node.input.length + (node.constant?.length ?? 0));
    this.#budget.hold(bytes);
    this.#heldBytes += bytes;
    this.#nodes.set(node.name, this.#nodes.has(node.name) ? null : node);
  }

  #comesFrom(given: string, input: string): boolean {
    for (let steps = 0, name = nodeOf(input); steps < MAX_STEPS && name !== null; steps++) {
      if (name === given) return this.#isPlain(given);
      const node = this.#nodes.get(name);
      name = node !== null && node !== undefined && HANDS_ON.has(node.op) ? nodeOf(node.input) : null;
    }
    return false;
  }

  /** Whether a tensor has no value of its own, or one that is a plain name. */
  #isPlain(given: string): boolean {
    for (let steps = 0, name: string | null = given; steps < MAX_STEPS && name !== null; steps++) {
      const node: TracedNode | null | undefined = this.#nodes.get(name);
      if (node === null || node === undefined) return false;
      if (node.op === "Placeholder") return true;
      if (node.op === "Const") return node.constant !== null && PLAIN_DEFAULT.test(node.constant);
      name = node.op === WITH_DEFAULT ? nodeOf(node.input) : null;
    }
    return false;
  }
}

/** The node whose first output a tensor is; null for other outputs, for names that were cut, and for what only has to run before. */
function nodeOf(tensor: string): string | null {
  const name = tensor.endsWith(":0") ? tensor.slice(0, -2) : tensor;
  return name === "" || name.includes(":") || name.startsWith("^") || tensor.length >= MAX_NAME ? null : name;
}
