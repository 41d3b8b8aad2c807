import { expect, it } from "vitest";
import { bySeverity } from "../../src/finding.ts";
import { allRules } from "../../src/scan/all-rules.ts";
import { RULE_EXAMPLES } from "../rules/index.ts";

/** Which versions act on it: all, a range, or those before a fix. */
const VERSIONS = /\bin (?:every|any) version|\b(?:before|since|up to) \d/;
/** A property of the bytes that no program in particular acts on. */
const WHOEVER = /\b(?:any|whatever|no|without any) (?:loader|reader|program|parser|client|unpickler)\b/i;
const NOBODY = /\b(?:none of the known|no (?:release|version|loader|viewer)\b[^.;]* is known)\b/i;
/** Loaders that are named without a version, because none is known for sure. */
const LOADERS =
  /\b(?:torch\.load|torch\.jit\.load|torch\.export\.load|TorchServe|pickle\.load|CPython|zipfile|Python's json|numpy|NumPy|TensorFlow|LiteRT|transformers|safetensors library|llama\.cpp|Ollama|ONNX Runtime|OpenVINO|Paddle|Core ML|ExecuTorch|HDF5 library|spaCy|OmegaConf|PEFT|JPMML-Evaluator|7-Zip|Docker|Torch7)\b/;

const texts = await allRules();
const serious = new Set(RULE_EXAMPLES.filter(({ severity }) => bySeverity(severity, "medium") <= 0).map(({ rule }) => rule));

it("every rule of medium or worse says which loader acts on it, in which versions, or that none is known", () => {
  const silent = texts.filter(({ id, gain }) => serious.has(id) && ![VERSIONS, WHOEVER, NOBODY, LOADERS].some((said) => said.test(gain)));
  expect(silent.map(({ id }) => id)).toEqual([]);
});

it("what a rule says has at most three sentences", () => {
  const sentences = (text: string) => text.match(/[.!?](?=\s+[A-Z`]|$)/g)?.length ?? 0;
  expect(texts.filter(({ gain, check }) => sentences(gain) > 3 || sentences(check) > 3).map(({ id }) => id)).toEqual([]);
});
