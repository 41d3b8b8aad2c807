/** How a stream of opcodes ended: at STOP, where it stops making sense, or at a bound of the examination. */
export type StreamEnd = "stop" | "broken" | "limit";

/** One run of opcodes. `end` is exclusive: behind STOP, or where it broke. */
export interface PickleStream {
  readonly start: number;
  readonly end: number;
  /** Highest PROTO operand, else 0: protocols 0 and 1 have no header. */
  readonly protocol: number;
  readonly opcodes: number;
  readonly ended: StreamEnd;
  readonly why?: string;
}

/** Where the name of a global comes from. `computed`: an expression that Python would resolve to it (`getattr(import_module('os'), 'system')`). */
export type GlobalOrigin = "GLOBAL" | "STACK_GLOBAL" | "INST" | "computed";

/** Shapes of literal arguments that a shell, an interpreter or a loader would take. */
export type LiteralShape = "command" | "code" | "url" | "path" | "pickle" | "bytecode";

/** One distinct global of the file: all its uses in one record. */
export interface PickledGlobal {
  /** As written in the stream (Python 2 names are not translated): hostile text. */
  readonly module: string;
  readonly name: string;
  readonly origin: GlobalOrigin;
  /** Offset of the first use, or of the first call once there is one. */
  readonly offset: number;
  /** Index into `streams` of that use. */
  readonly stream: number;
  /** Called, or built as an instance (REDUCE, OBJ, INST, NEWOBJ, NEWOBJ_EX, or by another call such as `map`). */
  readonly called: boolean;
  /** Opcode of that call; null when it is never called. */
  readonly calledBy: string | null;
  /** Shapes of literal arguments over all calls. */
  readonly shapes: readonly LiteralShape[];
  /** The use as the Python expression that it is, at most 200 characters: `os.system('id')`. */
  readonly expression: string;
  /** Whether a persistent id holds it. */
  readonly inPersistentId: boolean;
  /** Times that it is put on the stack: named, fetched from the memo, duplicated. */
  readonly count: number;
  /** How many of them an opcode calls where they stand. The others are handed on, and may be called by whatever takes them. */
  readonly calls: number;
  /** Times that it is called: by an opcode, by another call, or later by what a call makes of it. */
  readonly invocations: number;
  /** How many of those have a form whose effect the stream alone tells: `type(None)`, `typing.List[int]`, a ufunc by its name (idioms.ts). */
  readonly idioms: number;
  /** How many of them make something that looks attributes up when it is called, which nothing in the file does: `operator.attrgetter('lr')`. */
  readonly held: number;
  /** How many of them are kept for later by `functools.partial`. */
  readonly deferrals: number;
  /** Called, and only as `cls.__new__(cls, …)`: its constructor does not run. */
  readonly restored: boolean;
}

/** A call whose callable has no name that can be known: the result of another call, a missing memo entry, an extension code. */
export interface ComputedCall {
  readonly offset: number;
  readonly opcode: string;
  readonly expression: string;
  /** What is called, in words or as an expression. */
  readonly callee: string;
  /** What is called is a value of the stream, which Python cannot call: whoever reads the stream otherwise may. */
  readonly isValue: boolean;
  /** The global at the root of that expression: `cloudpickle.cloudpickle._builtin_type` of `_builtin_type('CodeType')(…)`. */
  readonly root: { readonly module: string; readonly name: string } | null;
}

/** A direct call of getattr. `module` is null where the target, `attribute` where the name is not known. */
export interface AttributeRead {
  /** The target is a value of the class that is named, not the class itself. */
  readonly bound: boolean;
  readonly module: string | null;
  readonly name: string;
  readonly attribute: string | null;
}

/**
 * What a call takes besides what its arguments take in the file. `bytes` of memory, `items` that are computed and gone over, `digits` that are made a
 * number (as many steps as their square), `backtracking` of a regular expression, `copies` of shared values that walking or hashing one meets, `levels` of containers within one another.
 */
export type CostMeasure = "bytes" | "items" | "digits" | "backtracking" | "copies" | "levels";

/** Of one callable, over all its calls. Infinite where there is no end to it. */
export interface ArgumentCost {
  readonly callee: string;
  readonly measure: CostMeasure;
  /** In sum; of `digits`, `backtracking`, `copies` and `levels` the most. */
  readonly amount: number;
  /** The call that takes the most. */
  readonly expression: string;
  readonly offset: number;
}

/** BUILD on something that is no fresh instance, or with a state that sets special attributes. */
export interface PickledBuild {
  readonly offset: number;
  /** `global`: a class, function or other named object; `module`: an imported module; `instance`: the result of a call; `other`: anything else. */
  readonly target: "global" | "module" | "instance" | "other";
  readonly expression: string;
  /** Attribute names that it sets, at most 16: all of them when the target is no instance, else only those with two underscores around them. */
  readonly attributes: readonly string[];
}

/** `('storage', class, key, location, elements)`: how torch writes a reference to the bytes of a tensor. */
export interface StorageReference {
  readonly key: string;
  /** Class name without its module: `FloatStorage`, `UntypedStorage`. */
  readonly storageType: string;
  readonly device: string;
  /** Number of elements, of bytes for an UntypedStorage. */
  readonly elements: number;
  readonly offset: number;
}

/** A persistent id that is no torch storage. `module-source`: legacy torch's `('module', class, file, source text)`. */
export interface PersistentId {
  readonly kind: "module-source" | "other";
  readonly expression: string;
  readonly offset: number;
}

/** EXT1, EXT2 or EXT4: a name that lives in the loading process's copyreg registry. */
export interface ExtensionCode {
  readonly code: number;
  readonly offset: number;
  readonly called: boolean;
}

/** A pickle that lies in a string or bytes value. `decodedBy` names the call that it is an argument of. */
export interface NestedPickle {
  readonly offset: number;
  /** `raw`, the outermost of what was recognised, or each step that calls in the stream take: `base85, zlib`. */
  readonly encoding: string;
  readonly size: number;
  readonly decodedBy: string | null;
  readonly facts: PickleFacts;
}

/** Bytes that calls in the stream unpack, and that are no pickle. */
export interface UnpackedBytes {
  readonly offset: number;
  /** The steps, the first that is taken first: `base85, zlib`. */
  readonly encoding: string;
  readonly size: number;
  /** Name of the callable that takes them. */
  readonly takenBy: string | null;
  /** What they say: their text, or the texts in them, at most 200 characters. */
  readonly shown: string;
}

export interface Span {
  readonly offset: number;
  readonly size: number;
}

/** Bytes outside all streams. */
export interface UnownedSpan extends Span {
  /** Only zero bytes, or a little white space. */
  readonly blank: boolean;
}

/** What loading a pickle would do. Lists are capped; `counts` are not. Offsets count bytes from the start of the subject. */
export interface PickleFacts {
  readonly streams: readonly PickleStream[];
  readonly globals: readonly PickledGlobal[];
  readonly computedCalls: readonly ComputedCall[];
  /** Distinct calls of `builtins.getattr`. */
  readonly attributeReads: readonly AttributeRead[];
  readonly builds: readonly PickledBuild[];
  readonly costs: readonly ArgumentCost[];
  readonly storages: readonly StorageReference[];
  readonly persistentIds: readonly PersistentId[];
  readonly extensions: readonly ExtensionCode[];
  readonly nested: readonly NestedPickle[];
  readonly unpacked: readonly UnpackedBytes[];
  /** Raw array bytes that joblib writes between opcodes. */
  readonly arrays: readonly Span[];
  readonly unowned: readonly UnownedSpan[];
  readonly counts: {
    readonly opcodes: number;
    readonly streams: number;
    readonly globals: number;
    readonly calls: number;
    readonly storages: number;
    readonly persistentIds: number;
    readonly arrays: number;
  };
}
