import type { FormatId } from "../format.ts";
import type { GgufFacts } from "../formats/gguf/parse.ts";
import type { ModelCardFacts } from "../formats/model-card/format.ts";
import type { SafetensorsFacts } from "../formats/safetensors/parse.ts";

/** What an artifact says of itself: facts, not findings. Nothing here was checked, but for the texts of licences. */
export interface Declared {
  /** By path; without those that say nothing. */
  readonly licences: readonly LicenceClaim[];
  /** Of the artifact's own README, at its root. */
  readonly card?: ModelCard;
}

/** One place that says under which licence the model is. */
export interface LicenceClaim {
  readonly path: string;
  /** `text`: the file is the text of these licences. `card`: the README's front matter says so. `metadata`: a model file does. */
  readonly from: "text" | "card" | "metadata";
  /** SPDX ids without `-only` and `-or-later`; `LicenseRef-` and the hub's id where SPDX has none. Empty where what is said is not known. */
  readonly ids: readonly string[];
  /** As written, each cut to 200 characters; empty for a text. */
  readonly said: readonly string[];
}

/** The front matter of a README, but for its licence, which is a claim like others. */
export interface ModelCard extends Omit<ModelCardFacts, "licences" | "licenceName"> {
  readonly path: string;
}

/** How a file on disk says something of the model; null where it does not. Loads nothing. For a text, its name says what it is for. */
export function declares(format: FormatId, facts: unknown, name: string): LicenceClaim["from"] | null {
  if (format === "text") return textRole(name.toLowerCase());
  if (format !== "gguf" && format !== "safetensors") return null;
  const { metadata } = facts as GgufFacts | SafetensorsFacts; // the facts of these formats
  return metadata.some(({ key }) => LICENCE_KEYS.has(key)) ? "metadata" : null;
}

/** `general.license`: GGUF, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. `modelspec.license`: https://github.com/Stability-AI/ModelSpec */
export const LICENCE_KEYS: ReadonlySet<string> = new Set(["general.license", "modelspec.license", "license"]);

function textRole(name: string): "card" | "text" | null {
  if (/^readme(?:\.md|\.markdown)?$/.test(name)) return "card";
  return /^(?:[\w.-]{0,40}[-_.])?(?:licen[cs]es?|copying|unlicense)(?:[-_.][\w.-]{0,40})?$/.test(name) ? "text" : null;
}
