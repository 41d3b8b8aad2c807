import { type Examined, type Examiner, type Finding, findingOf, type Reference, type Severity } from "../../finding.ts";
import type { ModelfileFacts, OllamaLayerFacts } from "../../formats/modelfile/format.ts";
import type { GoTemplateFacts } from "../../formats/modelfile/go-template.ts";
import type { Instruction } from "../../formats/modelfile/instructions.ts";
import { INERT_RULES } from "../inert/rules.ts";
import { SUSPICIONS } from "../jinja/suspect-prose.ts";
import { targetDanger } from "../target-danger.ts";
import { invisible } from "../text/invisible.ts";
import { MODELFILE_RULES as RULES } from "./rules.ts";

/** The most that any published Modelfile comes near to. */
const MOST: Readonly<Record<string, number>> = {
  num_ctx: 10_485_760,
  num_predict: 16_777_216,
  num_batch: 65_536,
  num_gpu: 10_000,
  num_thread: 4096,
  num_keep: 10_485_760,
  repeat_last_n: 10_485_760,
};
const SHOWN = 160;
const MAX_SHOWN = 20;

/** A Modelfile says what a model is made of and what it is told; Ollama runs nothing that stands in it. */
export const modelfileExaminer: Examiner<ModelfileFacts> = {
  id: "modelfile",
  version: 1,
  reads: "modelfile",
  rules: [...Object.values(RULES), INERT_RULES.invisible],
  examine({ facts }, { path }): Examined {
    const { instructions, templates, odd, dropped, text } = facts;
    const named = (...names: readonly string[]) => instructions.filter(({ name }) => names.includes(name));
    const sources = named("from", "adapter");
    const [template] = named("template");
    const [first] = odd;
    return {
      findings: [
        ...sources.slice(0, MAX_SHOWN).flatMap((source) => foreign(source, path)),
        ...named("system", "message")
          .slice(0, MAX_SHOWN)
          .map((spoken) => words(spoken.value, WHOSE[spoken.name] ?? "", false, path, spoken.at)),
        ...templates.flatMap((each) => templateFindings(each, path, template?.at)),
        ...named("parameter")
          .flatMap((parameter) => exhausting(parameter, path))
          .slice(0, MAX_SHOWN),
        ...(first === undefined
          ? []
          : [
              finding(
                "structure",
                "medium",
                path,
                first.at,
                `${capital(first.what)}${odd.length === 1 ? "" : `, and ${odd.length - 1} more like it`}`,
              ),
            ]),
        ...invisible(text, path),
      ].flat(),
      unexamined: dropped === 0 ? [] : [`${dropped} more instructions`],
      references: sources.flatMap(referenceOf),
    };
  },
};

/** The name of such a file says that it is a layer; which one, its text. */
export const ollamaLayerExaminer: Examiner<OllamaLayerFacts> = {
  id: "ollama-layer",
  version: 1,
  reads: "ollama-layer",
  rules: [RULES.words, RULES.condition, RULES.exhausts, RULES.structure, INERT_RULES.invisible],
  examine({ facts: { layer, text } }, { path }): Examined {
    const found =
      layer.kind === "template" ? templateFindings(layer.template, path) : layer.kind === "words" ? words(layer.words, "A layer", false, path) : [];
    return { findings: [...found, ...invisible(text, path)] };
  },
};

const WHOSE: Readonly<Record<string, string>> = { system: "The system message", message: "A message that the conversation begins with" };

function finding(
  rule: keyof typeof RULES,
  severity: Severity,
  path: string,
  at: number | undefined,
  title: string,
  proof: Record<string, string | number> = {},
): Finding {
  return findingOf(RULES[rule], { severity, where: at === undefined ? { path } : { path, offset: at }, title, proof });
}

/** Ollama's own library is where models without an address come from; any other place is said, and what leads out of the folder is no model's business. */
function foreign({ name, value, at }: Instruction, path: string): readonly Finding[] {
  const shown = JSON.stringify(value.slice(0, SHOWN));
  const see = (severity: Severity, what: string) => [
    finding("source", severity, path, at, `${name.toUpperCase()} ${what}: ${shown}`, { instruction: name, value: value.slice(0, 200) }),
  ];
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return see("medium", "is an address");
  if (isLocal(value)) {
    const danger = targetDanger(value.replace(/^\.\//, ""));
    return danger === null || /^\.?\/?$/.test(value) ? [] : see("high", danger);
  }
  const [host = ""] = value.split("/");
  if (value.includes("/") && /[.:]/.test(host)) return see("medium", "names a model of another registry");
  return see("info", "names a model that Ollama fetches");
}

/** A path, as Ollama tells it from the name of a model: it begins like one, or ends like a file of weights. */
function isLocal(value: string): boolean {
  return /^(?:[./~\\]|[A-Za-z]:[\\/])/.test(value) || /\.(?:gguf|safetensors|bin|ggml)$/i.test(value) || value === "";
}

function referenceOf({ value }: Instruction): readonly Reference[] {
  const target = value.replace(/^\.\//, "");
  if (!isLocal(value) || /[/\\]$|^\.?$/.test(target) || targetDanger(target) !== null || !/\.[A-Za-z0-9]+$/.test(target)) return [];
  return [{ kind: "shard", target }];
}

/** Own words are shown; held are those that serve somebody else. A persona is told to keep to its role, which a template has no reason to do. */
function words(text: string, whose: string, isTemplate: boolean, path: string, at?: number): readonly Finding[] {
  const said = text.replace(/\s+/g, " ").trim();
  if (said === "") return [];
  const suspect = SUSPICIONS.filter(({ fitsPersona }) => isTemplate || fitsPersona !== true).flatMap(({ says, pattern }) => {
    const [match] = pattern.exec(text) ?? [];
    return match === undefined ? [] : [finding("words", "medium", path, at, `${whose} ${says}: ${JSON.stringify(match.slice(0, SHOWN))}`)];
  });
  if (said.length > MAX_PROSE) return suspect;
  return [...suspect, finding("words", "info", path, at, `${whose} says ${JSON.stringify(said.slice(0, SHOWN))}`, { words: said.split(" ").length })];
}

/** Longer than this are licences. */
const MAX_PROSE = 8000;

function templateFindings({ words: own, conditions, costly, broken }: GoTemplateFacts, path: string, at?: number): readonly Finding[] {
  const prose = own.replace(/<\|[^|>\n]{0,60}\|>|<\/?[\w ]{1,40}>|\[\/?[A-Z_]+\]/g, " ");
  return [
    ...(/[\p{L}]{2,}(?:\s+[\p{L}]{2,}){3,}/u.test(prose) ? words(prose, "The template", true, path, at) : []),
    ...conditions
      .slice(0, 5)
      .map((action) =>
        finding("condition", "medium", path, at, `The template acts on what a message says: ${JSON.stringify(action.slice(0, SHOWN))}`),
      ),
    ...costly
      .slice(0, 5)
      .map((action) => finding("exhausts", "medium", path, at, `The template makes much of little: ${JSON.stringify(action.slice(0, SHOWN))}`)),
    ...(broken ? [finding("structure", "medium", path, at, "An action of the template has no end")] : []),
  ];
}

function exhausting({ key, value, at }: Instruction, path: string): readonly Finding[] {
  const most = Object.hasOwn(MOST, key) ? (MOST[key] ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
  return Math.abs(Number(value)) > most
    ? [finding("exhausts", "medium", path, at, `${key.slice(0, 60)} is ${value.slice(0, 60)}, more than any model needs`)]
    : [];
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
