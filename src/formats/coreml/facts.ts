import type { MessageLayout } from "../protobuf/walked.ts";

export interface CoreMlFacts {
  readonly specificationVersion: number;
  /** Classes of the app that runs the model, by name. */
  readonly custom: readonly CustomClass[];
  readonly linked: readonly LinkedModel[];
  /** Files of weights that a program names, each once. */
  readonly weightFiles: readonly WeightFile[];
  /** Parts whose bytes only Apple's own frameworks read, each kind once. */
  readonly opaque: readonly Opaque[];
  readonly dropped: number;
  readonly layout: MessageLayout;
}

export interface CustomClass {
  readonly kind: "layer" | "model";
  /** As written: hostile text. */
  readonly className: string;
  readonly at: number;
}

export interface LinkedModel {
  /** Name and search path as written: hostile text. */
  readonly fileName: string;
  readonly searchPath: string;
  readonly at: number;
}

export interface WeightFile {
  readonly fileName: string;
  readonly at: number;
}

export interface Opaque {
  /** `TextClassifier.modelParameterData`. */
  readonly what: string;
  readonly at: number;
  readonly size: number;
}
