import type { ByteSource } from "../../bytes.ts";
import type { Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { type CardValue, readFrontMatter } from "./front-matter.ts";

/** What a model card says of its model, as the hub reads it. All texts are hostile, and cut. */
export interface ModelCardFacts {
  /** As written: one or several. */
  readonly licences: readonly string[];
  readonly licenceName: string | null;
  readonly licenceLink: string | null;
  readonly baseModels: readonly string[];
  readonly baseModelRelation: string | null;
  readonly datasets: readonly string[];
  readonly languages: readonly string[];
  readonly tags: readonly string[];
  readonly pipelineTag: string | null;
  readonly libraryName: string | null;
  /** Of `model-index`, one for each metric. */
  readonly evaluations: readonly Evaluation[];
}

export interface Evaluation {
  readonly task: string | null;
  readonly dataset: string | null;
  readonly metric: string | null;
  /** As written. */
  readonly value: string | null;
}

/** Cards with thousands of evaluation results are the longest. */
const MAX_BYTES = 1024 * 1024;
const MAX_ITEMS = 50;
const MAX_CHARACTERS = 200;
const BYTES_PER_STEP = 64;

const EMPTY: ModelCardFacts = factsOf(new Map());

/**
 * The front matter of a README: YAML between two lines of three dashes at its start. https://huggingface.co/docs/hub/model-cards
 * `broken` where there is none, or where it does not end.
 */
export const modelCard: Format<ModelCardFacts> = {
  id: "model-card",
  async parse(bytes: ByteSource, budget: Budget): Promise<Parsed<ModelCardFacts>> {
    const size = Math.min(bytes.size, MAX_BYTES);
    try {
      budget.hold(size * 3);
    } catch (error) {
      if (error instanceof LimitError) return { kind: "limit", facts: EMPTY, anomalies: [], why: error.message };
      throw error;
    }
    try {
      budget.steps(1 + Math.floor(size / BYTES_PER_STEP));
      const inside = frontMatterOf(Buffer.from(await bytes.read(0, size)).toString("utf8"));
      if (inside === null) return { kind: "broken", facts: EMPTY, anomalies: [], at: 0, why: "no front matter that ends" };
      return { kind: "parsed", facts: factsOf(readFrontMatter(inside, budget)), anomalies: [] };
    } catch (error) {
      if (error instanceof LimitError) return { kind: "limit", facts: EMPTY, anomalies: [], why: error.message };
      throw error;
    } finally {
      budget.release(size * 3);
    }
  },
};

function frontMatterOf(text: string): string | null {
  const begin = /^\ufeff?---[ \t]*\r?\n/.exec(text)?.[0].length;
  if (begin === undefined) return null;
  const end = text.slice(begin - 1).search(/\n---[ \t]*(?:\r?\n|$)/);
  return end === -1 ? null : text.slice(begin, begin - 1 + end);
}

function factsOf(card: ReadonlyMap<string, CardValue>): ModelCardFacts {
  const text = (key: string) => textOf(card.get(key));
  const texts = (key: string) => textsOf(card.get(key));
  return {
    licences: texts("license"),
    licenceName: text("license_name"),
    licenceLink: text("license_link"),
    baseModels: texts("base_model"),
    baseModelRelation: text("base_model_relation"),
    datasets: texts("datasets"),
    languages: texts("language"),
    tags: texts("tags"),
    pipelineTag: text("pipeline_tag"),
    libraryName: text("library_name"),
    evaluations: evaluationsOf(card.get("model-index")),
  };
}

function evaluationsOf(index: CardValue | undefined): readonly Evaluation[] {
  const all: Evaluation[] = [];
  for (const model of listOf(index))
    for (const result of listOf(memberOf(model, "results")))
      for (const metric of listOf(memberOf(result, "metrics"))) {
        if (all.length >= MAX_ITEMS) return all;
        all.push({
          task: textOf(memberOf(memberOf(result, "task"), "type")),
          dataset: textOf(memberOf(memberOf(result, "dataset"), "name")),
          metric: textOf(memberOf(metric, "type")),
          value: textOf(memberOf(metric, "value")),
        });
      }
  return all;
}

function memberOf(value: CardValue | undefined, key: string): CardValue | undefined {
  return value instanceof Map ? value.get(key) : undefined;
}

function listOf(value: CardValue | undefined): readonly CardValue[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: CardValue | undefined): string | null {
  return typeof value === "string" ? value.slice(0, MAX_CHARACTERS) : null;
}

/** One text or a list of them; what is no text in it is left out. */
function textsOf(value: CardValue | undefined): readonly string[] {
  const all = typeof value === "string" ? [value] : listOf(value);
  return all.flatMap((item) => textOf(item) ?? []).slice(0, MAX_ITEMS);
}
