/** Where in an object something stands: what R evaluates when depends on it. */
export type Place =
  /** The object itself: what `readRDS` gives back. */
  | "object"
  /** A variable of a workspace: what `load` puts into the session. */
  | "variable"
  /** A variable of an environment inside. */
  | "binding"
  /** Anywhere else: an element, an attribute, an argument. */
  | "element";

export interface PromiseFact {
  readonly at: number;
  readonly place: Place;
  /** Its value stands beside it, so that nothing is left to evaluate. */
  readonly forced: boolean;
  /** What would be evaluated is a number or a text. */
  readonly constant: boolean;
}

/** Functions by value whose code is the same. */
export interface FunctionFact {
  /** Of arguments and body; null where they were not read whole. */
  readonly digest: string | null;
  /** Of the first one. */
  readonly at: number;
  readonly count: number;
  /** Parts of them that come as bytecode. */
  readonly compiled: number;
}

/** What holds a call; `forced` is a promise whose value is there, so that nobody evaluates it again. */
export type CallPlace = "promise" | "forced" | "function" | "language";

export interface CallFact {
  readonly name: string;
  readonly in: CallPlace;
  /** Of the first one. */
  readonly at: number;
  /** A name among the constants of bytecode: whether it is called cannot be told. */
  readonly mentioned?: true;
}

/** What a call has among its arguments that is no call. */
export interface Word {
  readonly name: string;
  /** `unread`: a text too long for what is kept, without its content. */
  readonly kind: "symbol" | "text" | "unread";
  readonly at: number;
}

export interface CallNode {
  readonly at: number;
  /** The symbol that is called; null where another call, a text or a value stands in its place. */
  readonly head: string | null;
  /** Which call of the same tree holds it, -1 for the outermost. */
  readonly within: number;
  /** It gives what the call that holds it calls. */
  readonly asHead: boolean;
  readonly words: readonly Word[];
}

/** A call outside of functions with all calls in it, outer ones first. */
export interface LanguageFact {
  readonly at: number;
  readonly in: CallPlace;
  /** Of all names and texts in it and how they are nested; null where it was not read whole. */
  readonly digest: string | null;
  readonly calls: readonly CallNode[];
}

export interface Named {
  readonly name: string;
  readonly at: number;
}

export interface RdataFacts {
  readonly size: number;
  readonly workspace: boolean;
  /** 2 or 3; 0 when the file ends before it says. */
  readonly version: number;
  readonly encoding: "xdr" | "native" | "ascii" | null;
  readonly promises: readonly PromiseFact[];
  readonly calls: readonly CallFact[];
  readonly languages: readonly LanguageFact[];
  readonly functions: readonly FunctionFact[];
  /** Bytecode outside of any function. */
  readonly compiled: number;
  /** Variables with the name of a routine of a package's native code: functions would take it for that. */
  readonly nativeNames: number;
  /** Variables that call a function when they are read. */
  readonly activeBindings: readonly number[];
  /** Packages whose namespaces reading asks for. */
  readonly packages: readonly Named[];
  /** Classes of the alternative representation that rebuild an object from a state. */
  readonly alternatives: readonly Named[];
  /** External pointers come back as null. */
  readonly pointers: number;
  /** Objects that a hook of the reader has to provide. */
  readonly persistent: readonly number[];
  /** Entries left out of the lists above by their bounds. */
  readonly dropped: number;
  /** Raw vectors of some size. */
  readonly raws: readonly { readonly offset: number; readonly size: number }[];
  /** Where the object ends. */
  readonly endsAt: number;
}
