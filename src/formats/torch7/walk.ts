import type { Budget } from "../../limits.ts";
import { StreamBreak, type Window } from "../window/window.ts";
import type { Torch7Function } from "./facts.ts";

const NIL = 0;
const NUMBER = 1;
const STRING = 2;
const TABLE = 3;
const TORCH = 4;
const BOOLEAN = 5;
const FUNCTION = 6;
const LEGACY_RECUR_FUNCTION = 7;
const RECUR_FUNCTION = 8;

/** Bytes of one element by the class of the storage. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = { Byte: 1, Char: 1, Short: 2, Half: 2, Int: 4, Float: 4, Long: 8, Double: 8, "": 4 };
const STORAGE = /^torch\.(Cuda)?(Byte|Char|Short|Half|Int|Float|Long|Double|)Storage$/;
const TENSOR = /^torch\.(Cuda)?(Byte|Char|Short|Half|Int|Float|Long|Double|)Tensor$/;
const MAX_NAME = 1000;
const MAX_PENDING = 200_000;
const MAX_FUNCTIONS = 100;
const MAX_CLASSES = 1000;
const MAX_DIMENSIONS = 100;
const INDEX_BYTES = 40;

/** Names that reach the system from Lua 5.1, LuaJIT and torch: constants of bytecode are texts. */
const SYSTEM_NAMES = /execute|popen|loadlib|loadstring|dofile|loadfile|getenv|setfenv|tmpname|(?<![A-Za-z_])(?:ffi|debug|package)(?![A-Za-z_])/g;
const NAMES_READ_BYTES = 64 * 1024;

/** What is still to be read: so many objects, one after another. */
interface Pending {
  left: number;
}

/**
 * The objects of a Torch7 file (torch7/File.lua, readObject) in its binary form of 64-bit machines: 32-bit ints, 64-bit longs, little endian. Each class
 * but tensors and storages is read as the table that `nn` classes write.
 */
export class Torch7Walk {
  readonly functions: Torch7Function[] = [];
  functionCount = 0;
  elements = 0;
  readonly classes = new Map<string, { name: string; at: number; count: number }>();
  readonly #window: Window;
  readonly #budget: Budget;
  readonly #known = new Set<number>();
  #held = 0;

  constructor(window: Window, budget: Budget) {
    this.#window = window;
    this.#budget = budget;
  }

  async run(): Promise<void> {
    const pending: Pending[] = [{ left: 1 }];
    for (let top = pending.at(-1); top !== undefined; top = pending.at(-1)) {
      if (top.left === 0) {
        pending.pop();
        continue;
      }
      top.left--;
      this.#budget.steps(1);
      await this.#window.need();
      const inside = await this.#object();
      if (inside > 0) pending.push({ left: inside });
      if (pending.length > MAX_PENDING) throw new StreamBreak("nested deeper than Torch7 reads");
    }
  }

  close(): void {
    this.#budget.release(this.#held);
  }

  #int(): number {
    return this.#window.bytes.readInt32LE(this.#window.take(4));
  }

  #count(what: string): number {
    const count = this.#int();
    if (count < 0) throw new StreamBreak(`${what} of ${count}`);
    return count;
  }

  #long(): number {
    const value = Number(this.#window.bytes.readBigInt64LE(this.#window.take(8)));
    if (value < 0 || !Number.isSafeInteger(value)) throw new StreamBreak(`a count of ${value}`);
    return value;
  }

  /** Reads one object as far as it is flat; yields how many objects are in it. */
  async #object(): Promise<number> {
    const { at } = this.#window;
    const type = this.#int();
    switch (type) {
      case NIL:
        return 0;
      case NUMBER:
        this.#window.take(8);
        return 0;
      case BOOLEAN:
        this.#window.take(4);
        return 0;
      case STRING:
        await this.#window.jump(this.#count("a text"));
        return 0;
      case FUNCTION:
        await this.#function();
        return 1;
      case TABLE:
        return this.#isNew() ? this.#count("a table") * 2 : 0;
      case RECUR_FUNCTION:
      case LEGACY_RECUR_FUNCTION:
        if (!this.#isNew()) return 0;
        await this.#function();
        return 1;
      case TORCH:
        return this.#isNew() ? this.#class(at) : 0;
      default:
        throw new StreamBreak(`an object of type ${type}, which Torch7 does not write`);
    }
  }

  /** Objects are numbered; one that was read stands for itself from then on. */
  #isNew(): boolean {
    const index = this.#int();
    if (this.#known.has(index)) return false;
    this.#budget.hold(INDEX_BYTES);
    this.#held += INDEX_BYTES;
    this.#known.add(index);
    return true;
  }

  /** Version and class; before versions were written, the class alone. */
  async #class(at: number): Promise<number> {
    const first = this.#name();
    const name = /^V \d+$/.test(first) ? this.#name() : first;
    this.#note(name, at);
    if (TENSOR.test(name)) return this.#tensor();
    const storage = STORAGE.exec(name);
    if (storage === null) return 1;
    const count = this.#long();
    this.elements += count;
    await this.#window.jump(count * (ELEMENT_BYTES[storage[2] ?? ""] ?? 4));
    return 0;
  }

  #name(): string {
    const length = this.#count("a name");
    if (length > MAX_NAME) throw new StreamBreak(`a name of ${length} bytes`);
    const from = this.#window.take(length);
    return this.#window.bytes.toString("latin1", from, from + length);
  }

  #note(name: string, at: number): void {
    const known = this.classes.get(name);
    if (known !== undefined) known.count++;
    else if (this.classes.size < MAX_CLASSES) this.classes.set(name, { name: name.slice(0, 200), at, count: 1 });
    else throw new StreamBreak(`more than ${MAX_CLASSES} classes`);
  }

  /** Dimensions, sizes, strides, offset; the storage follows as an object. */
  #tensor(): number {
    const dimensions = this.#count("a tensor");
    if (dimensions > MAX_DIMENSIONS) throw new StreamBreak(`a tensor of ${dimensions} dimensions`);
    this.#window.take((2 * dimensions + 1) * 8);
    return 1;
  }

  async #function(): Promise<void> {
    const size = this.#count("a function");
    const { at, bytes, next } = this.#window;
    const code = bytes.toString("latin1", next, Math.min(next + Math.min(size, NAMES_READ_BYTES), bytes.length));
    this.#budget.steps(code.length >> 4);
    this.functionCount++;
    const form = code.startsWith("\x1bLJ") ? "luajit" : code.startsWith("\x1bLua") ? "lua" : "source";
    if (this.functions.length < MAX_FUNCTIONS)
      this.functions.push({ at, size, form, names: [...new Set(code.match(SYSTEM_NAMES) ?? [])].slice(0, 16) });
    await this.#window.jump(size);
  }
}
