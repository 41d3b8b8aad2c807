import type { LiteralShape, Span } from "../pickle/facts.ts";
import type { YamlShapeId } from "./shapes.ts";

/** A value and where it stands, both hostile text. Pointers are cut to MAX_TEXT characters; values are judged to their end. */
export interface YamlPlaced {
  /** JSON pointer (RFC 6901) of the node in its document. */
  readonly pointer: string;
  readonly value: string;
  /** Byte offset. */
  readonly at: number;
}

/** A tag that is none of the plain data of YAML's core schema, in its long form: `tag:yaml.org,2002:python/tuple`, `!new:module.Class`. */
export interface YamlTag extends YamlPlaced {
  /** What stands under the tag, shortened. */
  readonly under: string;
  /** Shapes among the texts below it that a shell, an interpreter or a loader would take. */
  readonly shapes: readonly LiteralShape[];
}

/** Keys by which some loader finds the Python name that it is to import and call. */
export type YamlCodeKey = "_target_" | "_component_" | "class_path" | "target" | "cls" | "loader_module" | "model_code_path" | "type" | "uses";

export interface YamlCodeName extends YamlPlaced {
  readonly key: YamlCodeKey;
  /** As it reads when interpolations of the same document are put in; null where one of them leads elsewhere. */
  readonly resolved: string | null;
  /** A key beside it is there that only the loader of such names reads: `params`, `init_args`, `nemo_version`. */
  readonly confirmed: boolean;
  readonly under: string;
  readonly shapes: readonly LiteralShape[];
}

/** `${name:arguments}`: OmegaConf calls what is registered under the name. */
export interface YamlResolver extends YamlPlaced {
  readonly name: string;
}

export interface YamlAliases {
  readonly count: number;
  /** Nodes that a reader holds who copies what an alias stands for; a number of no more than MAX_EXPANDED. */
  readonly expandedNodes: number;
  /** Byte offset of an alias inside of what it stands for. */
  readonly cycleAt: number | null;
}

export interface YamlFacts {
  readonly encoding: "utf-8" | "utf-16le" | "utf-16be";
  readonly documents: number;
  readonly nodes: number;
  /** Which known document this is, by the keys at its root. */
  readonly shape: YamlShapeId | null;
  readonly tags: readonly YamlTag[];
  readonly code: readonly YamlCodeName[];
  readonly resolvers: readonly YamlResolver[];
  /** Texts that a loader of this shape evaluates as Python, or hands to a shell. */
  readonly evaluated: readonly YamlPlaced[];
  /** Paths that a loader of this shape opens. */
  readonly files: readonly YamlPlaced[];
  /** Lines for a package installer. */
  readonly requirements: readonly YamlPlaced[];
  readonly trustRemoteCode: readonly YamlPlaced[];
  /** Texts that lead into a folder which is no part of an artifact. */
  readonly leftOutPaths: readonly YamlPlaced[];
  readonly duplicates: readonly { readonly pointer: string; readonly at: number; readonly same: boolean }[];
  readonly aliases: YamlAliases;
  /** Entries left out of the lists above by their bounds. */
  readonly dropped: number;
  readonly pickleAtEnd: Span | null;
}

export const MAX_TEXT = 200;
/** Entries kept of each list. */
export const MAX_KEPT = 1000;
export const MAX_EXPANDED = Number.MAX_SAFE_INTEGER;
