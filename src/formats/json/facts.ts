import type { CommandKind } from "./commands.ts";
import type { ImageReference } from "./image-references.ts";
import type { NotebookFacts } from "./notebook.ts";
import type { JsonShapeId } from "./shapes.ts";
import type { SizeKind } from "./sizes.ts";
import type { TfjsFacts } from "./tfjs.ts";
import type { TokenFacts } from "./token-roles.ts";
import type { TemplateFacts, TokenizerStep } from "./tokenizer-steps.ts";

/** A value and where it stands, both hostile text. Pointers are cut to MAX_TEXT characters, and so are values that nothing is judged by. */
export interface Placed {
  /** JSON pointer, RFC 6901. */
  readonly pointer: string;
  readonly value: string;
  /** Byte offset. */
  readonly at: number;
}

/** Names of code that a loader imports when it reads this document. */
export type CodeKey =
  | "auto_map"
  | "custom_pipelines"
  | "parent_library"
  | "megatron_core"
  | "module_type"
  | "activation_function"
  | "component"
  | "pipeline_class"
  | "attention_kernel"
  | "_target_"
  | "export_target"
  | "expression"
  | "guard"
  | "package_item"
  | "model_file"
  | "user_dir"
  | "router_type"
  | "plugin"
  | "library_class"
  | "logits_processor"
  | "class_path"
  | "target"
  | "named"
  | "bundle_expression"
  | "py_repr"
  | "native_library"
  | "custom_import"
  | "base_program"
  | "registered"
  | "instantiated";

export interface TrustSwitch extends Placed {
  /** A loader hands it on without asking a person. */
  readonly obeyed: boolean;
}

export interface CodeName extends Placed {
  readonly key: CodeKey;
}

/** A number that decides how much a loader allocates, builds or generates. */
export interface Size {
  readonly kind: SizeKind;
  readonly pointer: string;
  readonly value: number;
  readonly at: number;
}

/** Letters that a loader decodes and unpickles by itself. */
export interface Pickled {
  readonly at: number;
  readonly bytes: Uint8Array;
}

export interface Command extends Placed {
  readonly kind: CommandKind;
}

export interface Template {
  readonly name: string;
  readonly text: Uint8Array;
}

export interface JsonFacts {
  /** Which known document this is; null when it is none of them. */
  readonly shape: JsonShapeId | null;
  readonly code: readonly CodeName[];
  readonly urls: readonly Placed[];
  readonly absolutePaths: readonly Placed[];
  /** Texts that lead into a folder which is no part of an artifact. */
  readonly leftOutPaths: readonly Placed[];
  readonly trustRemoteCode: readonly TrustSwitch[];
  readonly duplicates: readonly { readonly pointer: string; readonly at: number; readonly same: boolean }[];
  /** Names of the models that this one says it is made from. */
  readonly baseModels: readonly string[];
  readonly templates: readonly Template[];
  readonly pickles: readonly Pickled[];
  /** Files and folders that a loader opens, each name once. */
  readonly files: readonly Placed[];
  /** Types of nodes of a ComfyUI workflow, each once; in other documents what looks like it. */
  readonly nodes: readonly Placed[];
  /** The largest of each kind. */
  readonly sizes: readonly Size[];
  readonly commands: readonly Command[];
  readonly tokens: TokenFacts;
  /** Steps of a tokenizer's pipeline that hold text of their own. */
  readonly steps: readonly TokenizerStep[];
  readonly template: TemplateFacts | null;
  /** Of a document that is one; its cells in others are only data. */
  readonly notebook: NotebookFacts;
  /** Documents, one a line; 1 where there is one. */
  readonly documents: number;
  /** What a manifest of a container image refers to; in other documents what looks like it. */
  readonly images: readonly ImageReference[];
  /** Bytes of a document that Keras builds objects from, as its own format; null where it holds none. */
  readonly keras: number | null;
  /** Set for a model of TensorFlow.js. */
  readonly tfjs: TfjsFacts | null;
  /** Entries left out of the lists above by their bounds. */
  readonly dropped: number;
  /** Bytes after the document that are no white space: where they begin, and how many. */
  readonly trailing: { readonly at: number; readonly size: number } | null;
}

export const MAX_TEXT = 200;
/** Entries kept of each list; one config names a handful. */
export const MAX_KEPT = 100;
