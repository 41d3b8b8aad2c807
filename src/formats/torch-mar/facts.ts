import type { ZipFacts } from "../zip/index.ts";

/** Members of `model` in the manifest that name a file of the archive or code. */
export type MarKey = "handler" | "serializedFile" | "modelFile" | "requirementsFile" | "configFile" | "extraFiles" | "envelope";

export interface MarName {
  readonly key: MarKey;
  /** Hostile text, cut to 200 characters. */
  readonly value: string;
}

export interface MarFacts {
  readonly zip: ZipFacts;
  /** Members whose content was read as the manifest. */
  readonly manifests: readonly number[];
  /** Whether some manifest describes a model. */
  readonly recognised: boolean;
  readonly names: readonly MarName[];
  /** Lines for pip of the files that the manifests name, without comments and blank lines. */
  readonly requirements: readonly { readonly file: string; readonly line: number; readonly text: string }[];
  /** Why something that the manifest needs was not read to its end. */
  readonly unread: string | null;
}
