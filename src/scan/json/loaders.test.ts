import { describe, expect, it } from "vitest";
import { examinedJson } from "../../../test/examined.ts";
import { bytesOf } from "../../bytes.ts";
import { jsonFormat } from "../../formats/json/format.ts";
import type { Json } from "../../json.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";

const seen = async (document: Json) => (await examinedJson(document)).findings.map(({ rule, severity }) => `${severity} ${rule}`);

describe("names under keys that mean code to one loader", () => {
  it.each<[string, Json, readonly string[]]>([
    ["a class of PhysicsNeMo", { __name__: "system", __module__: "os", __args__: { command: "id" } }, ["critical config-target"]],
    ["an unknown class for PhysicsNeMo", { __module__: "evil.net", __name__: "Net", __args__: {} }, ["medium config-target"]],
    ["a reference of fiddle", { root: { type: { type: "pyref", module: "os", name: "system" } } }, ["high config-target"]],
    ["a type of AllenNLP", { model: { type: "subprocess.Popen" } }, ["high config-target"]],
    ["a type by a long way", { model: { type: `${"os.path.".repeat(200)}os.system` } }, ["high config-target"]],
    ["a type by the interpreter's internals", { model: { type: "json.loads.__globals__.x" } }, ["high config-target"]],
    ["a symbol of NNI", { __symbol__: "path:os.system", __args__: ["id"] }, ["high config-target"]],
    ["a node of Rasa", { nodes: { a: { uses: "os.system", fn: "x" } } }, ["high config-target"]],
    ["a class that pydoc finds", { __kind__: "instance", class: "eval", args: ["1"] }, ["high config-target"]],
    ["a text that jsonpickle evaluates", { a: { "py/repr": "os/os.system('id')" } }, ["high evaluated-text"]],
    ["another text that jsonpickle evaluates", { a: { "py/repr": "shapes/shapes.Box(1)" } }, ["medium evaluated-text"]],
    ["a guard", { guards_code: ["__import__('os')"] }, ["high evaluated-text"]],
    ["a module of mmengine", { custom_imports: { imports: ["evil_plugin"], allow_failed_imports: false } }, ["medium foreign-import"]],
    ["a module of mmengine, alone", { custom_imports: { imports: "evil_plugin" } }, ["medium foreign-import"]],
    ["a program as a base", { _base_: ["../base.py"] }, ["medium custom-code"]],
    ["a program of the machine as a base", { _base_: "/srv/base.py" }, ["high code-path", "info config-address"]],
    ["a library of operators", { model: { decoder: { session_options: { custom_ops_library: "ops.so" } } }, search: {} }, ["medium custom-code"]],
    [
      "a library of operators on another machine",
      { model: { decoder: { session_options: { custom_ops_library: "\\\\host\\share\\x.dll" } } }, search: {} },
      ["high code-path", "info config-address"],
    ],
    ["a kernel for all parts", { model_type: "x", attn_implementation: { "": "evil/kernel" } }, ["medium remote-code"]],
    [
      "remote code for a backbone",
      { model_type: "x", backbone: "who/what", backbone_kwargs: { trust_remote_code: true } },
      ["medium trust-remote-code-set"],
    ],
  ])("%s", async (_name, document, findings) => expect(await seen(document)).toEqual(findings));

  it.each<[string, Json]>([
    ["a class of PhysicsNeMo", { __name__: "AFNO", __module__: "physicsnemo.models.afno.afno", __args__: { depth: 4 } }],
    ["a type by its own name", { model: { type: "simple_tagger" }, dataset_reader: { type: "my.reader" } }],
    ["a type of Python", { columns: [{ type: "datetime.date" }, { module: "json", name: "decoder" }] }],
    ["a node of Rasa", { nodes: { a: { uses: "rasa.core.policies.ted_policy.TEDPolicy" } } }],
    ["a class in words", { class: "evaluation", labels: ["eval"] }],
    ["modules of OpenMMLab", { custom_imports: { imports: ["mmdet.models"], allow_failed_imports: false } }],
    ["a configuration as a base", { _base_: ["../datasets/coco.yml"] }],
    ["an implementation", { model_type: "x", attn_implementation: { "": "sdpa" } }],
    ["no remote code for a backbone", { model_type: "x", backbone_kwargs: { trust_remote_code: false } }],
  ])("pass: %s", async (_name, document) => expect(await seen(document)).toEqual([]));
});

describe("texts that a loader renders", () => {
  const rendered = async (document: Json) => {
    const { facts } = await jsonFormat.parse(bytesOf(Buffer.from(JSON.stringify(document))), new Budget(DEFAULT_LIMITS));
    return facts.templates.map(({ text }) => Buffer.from(text).toString());
  };
  const CALL = "{{ cycler.__init__.__globals__.os.popen('id') }}";

  it("are references of fsspec, when more than a name stands in them", async () => {
    expect(await rendered({ version: 1, templates: { u: "s3://x" }, refs: { a: ["{{u}}/a", 0, 4], b: [CALL, 0, 4] } })).toEqual([CALL]);
    expect(await rendered({ templates: { a: CALL } })).toEqual([]);
  });
  it("are prompts of LangChain that say so, in any order", async () => {
    expect(await rendered({ _type: "prompt", template: CALL, template_format: "jinja2" })).toEqual([CALL]);
    expect(await rendered({ template_format: "jinja2", template: CALL })).toEqual([CALL]);
    expect(await rendered({ _type: "prompt", template: "{{ x }}", template_format: "f-string" })).toEqual([]);
  });
});
