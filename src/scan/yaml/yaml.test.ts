// biome-ignore-all lint/suspicious/noTemplateCurlyInString: interpolations of OmegaConf are written so
import { describe, expect, it } from "vitest";
import { bytesOf } from "../../bytes.ts";
import type { Examined } from "../../finding.ts";
import { yamlFormat } from "../../formats/yaml/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { yamlExaminer } from "./examiner.ts";

async function examine(text: string, path = "config.yaml"): Promise<Examined> {
  const parsed = await yamlFormat.parse(bytesOf(Buffer.from(text)), new Budget(DEFAULT_LIMITS));
  expect(parsed.kind).toBe("parsed");
  return yamlExaminer.examine(parsed, { path, name: path.slice(path.lastIndexOf("/") + 1), size: text.length, containers: [] });
}

const seen = async (text: string, path?: string) => (await examine(text, path)).findings.map(({ rule, severity }) => [rule, severity]);
const titles = async (text: string) => (await examine(text)).findings.map(({ title }) => title);

describe("#106 names that a loader of configurations calls", () => {
  it.each([
    ["a shell", "a: {_target_: os.system, _args_: [id]}", [["config-target", "critical"]]],
    ["a shell, as a partial call", "a: {_target_: subprocess.Popen, _partial_: true}", [["config-target", "critical"]]],
    [
      "a shell, inside of its arguments",
      "a: {_target_: nemo.collections.asr.modules.X, b: [{_target_: builtins.eval, _args_: ['1']}]}",
      [["config-target", "critical"]],
    ],
    ["a shell, by way of a framework", "a: {_target_: torch.hub.os.system}", [["config-target", "critical"]]],
    ["a shell, put together", "m: os\na: {_target_: '${m}.system'}", [["config-target", "critical"]]],
    ["an unpickler", "a: {_target_: torch.load, f: x.pt}", [["config-target", "critical"]]],
    ["a function of a framework", "a: {_target_: nemo.collections.nlp.modules.common.load_state}", [["config-target", "high"]]],
    ["a finder of names", "a: {_target_: hydra.utils.get_method, path: os.system}", [["config-target", "critical"]]],
    ["what no list knows", "a: {_target_: src.models.Net}", [["config-target", "medium"]]],
    ["what no list knows, with a command", "a: {_target_: src.models.run, cmd: 'curl x | sh'}", [["config-target", "high"]]],
    [
      "a name of the environment",
      "a: {_target_: '${oc.env:NAME}'}",
      [
        ["config-computed-target", "medium"],
        ["config-resolver", "info"],
      ],
    ],
    ["a path", "a: {_target_: /tmp/x.Y}", [["code-path", "high"]]],
    ["NeMo's own key", "target: subprocess.run\nnemo_version: 1.2.0", [["config-target", "critical"]]],
    ["latent diffusion's key", "model: {target: os.system, params: {}}", [["config-target", "critical"]]],
    ["a gadget under a key that is not certain", "x: {target: os.system}", [["config-target", "critical"]]],
    ["jsonargparse's key", "model: {class_path: os.system}", [["config-target", "critical"]]],
    ["torchtune's key", "model: {_component_: shutil.rmtree}", [["config-target", "high"]]],
  ])("are judged on the scale of pickles: %s", async (_name, text, findings) => {
    expect(await seen(text)).toEqual(findings);
  });

  it.each([
    [
      "NeMo",
      "target: nemo.collections.asr.models.EncDecCTCModel\nnemo_version: 1.20.0\nencoder: {_target_: nemo.collections.asr.modules.ConformerEncoder, d: '${d}'}\nd: 1",
    ],
    ["Hydra with torch", "a: {_target_: torch.nn.Linear, in_features: 1, bias: true}\nb: {_target_: torch.optim.AdamW, _partial_: true, lr: 1e-3}"],
    [
      "latent diffusion",
      "model:\n  target: ldm.models.diffusion.ddpm.LatentDiffusion\n  params: {first_stage_config: {target: ldm.models.autoencoder.AutoencoderKL, params: {}}}",
    ],
    ["torchtune", "model: {_component_: torchtune.models.llama3.llama3_8b}"],
    ["other targets", "target: label.column\nx: {target: sales.net_total}"],
  ])("of the framework itself pass: %s", async (_name, text) => {
    expect(await examine(text)).toEqual({ findings: [], unexamined: [], references: [] });
  });

  it("says what is called, with what, and where", async () => {
    const { findings } = await examine("a:\n  _target_: os.system\n  command: id -u\n");
    expect(findings[0]).toMatchObject({
      title: "/a/_target_ has the loader call os.system, which runs a shell command",
      where: { path: "config.yaml", offset: 15 },
      proof: { key: "_target_", pointer: "/a/_target_", value: "os.system", given: "id -u", resolvesTo: "os.system" },
    });
    expect(findings[0]?.explanation).toContain("NeMo before 2.3.2");
  });
});

describe("#106 tags that build or call", () => {
  it.each([
    ["!!python/object/apply:os.system [id]", "critical"],
    ["!!python/object/new:subprocess.Popen [[id]]", "critical"],
    ["!!python/name:os.system", "critical"],
    ["!!python/module:os", "high"],
    ["!!python/module:foo", "medium"],
    ["!!python/object:my.Class {a: 1}", "medium"],
    ["!!python/object/new:tuple [!!python/object/new:map [!!python/name:eval , ['1']]]", "critical"],
    ["!new:os.popen [id]", "critical"],
    ["!apply:os.system [id]", "critical"],
    ["!name:subprocess.check_output", "critical"],
    ["!module:pty", "critical"],
    ["!new:custom.Model", "medium"],
    ["!apply:speechbrain.utils.importutils.load [x]", "high"],
    ["!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[!!java.net.URL ['http://x/']]]]", "high"],
    ["!!com.example.Config {}", "medium"],
    ["!ruby/object:Gem::Installer {i: x}", "high"],
    ["!!js/function 'function(){}'", "high"],
    ["!whatever x", "medium"],
    ["!function utils.doc_to_text", "medium"],
  ])("%s is %s", async (text, severity) => {
    const findings = await seen(`a: ${text}`);
    expect(findings.every(([rule]) => rule === "yaml-tag")).toBe(true);
    expect(findings.map(([, each]) => each)).toContain(severity);
  });

  it.each([
    "!!python/object/apply:collections.OrderedDict [[[a, 1]]]",
    "!!python/object:argparse.Namespace {a: 1}",
    "!!python/tuple [1, 2]",
    "!ref <a>",
    "!new:torch.nn.ModuleList [[!ref <a>]]",
    "!name:torch.nn.LeakyReLU",
    "!apply:torch.manual_seed [!ref <seed>]",
    "!new:speechbrain.lobes.models.ECAPA_TDNN.ECAPA_TDNN {x: 1}",
    "!new:speechbrain.utils.parameter_transfer.Pretrainer {loadables: {a: !ref <b>}}",
    "!new:sentencepiece.SentencePieceProcessor",
    "!name:speechbrain.nnet.losses.nll_loss",
  ])("%s is what frameworks write", async (text) => {
    expect(await seen(`a: ${text}`)).toEqual([]);
  });

  it("that include a file stay inside of the folder", async () => {
    expect(await seen("a: !include:../../etc/passwd")).toEqual([["code-path", "high"]]);
    expect(await seen("a: !include:part.yaml")).toEqual([["yaml-tag", "info"]]);
  });

  it("name the module beside the document that they run", async () => {
    expect((await examine("a: !function utils.f")).references).toEqual([{ kind: "code", target: "utils.py" }]);
  });
});

describe("#106 resolvers", () => {
  it.each([
    ["${eval:\"__import__('os').system('id')\"}", [["config-resolver", "high"]]],
    ["${eval:\"open('x').read()\"}", [["config-resolver", "high"]]],
    ["${python:f(1)}", [["config-resolver", "medium"]]],
    ["${eval:'int(${a} * 2)'}", [["config-resolver", "info"]]],
    ["${oc.env:HOME}", [["config-resolver", "info"]]],
    ["${oc.env:HF_TOKEN}", [["config-resolver", "medium"]]],
    ["${oc.select:a,1}", []],
    ["${now:%Y}", []],
    ["${sum:1,2}", []],
  ])("%s", async (text, findings) => {
    expect(await seen(JSON.stringify({ a: text }))).toEqual(findings);
  });
});

describe("#106 aliases", () => {
  const bomb = (width: number) =>
    [
      "a0: &a0 [x, x, x, x, x, x, x, x, x, x]",
      ...Array.from({ length: 6 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(width).fill(`*a${i}`).join(", ")}]`),
    ].join("\n");

  it("that multiply without end are high, that repeat a few settings are nothing", async () => {
    expect(await seen(bomb(12))).toEqual([["yaml-alias-bomb", "high"]]);
    expect(await seen(bomb(2))).toEqual([]);
  });

  it("that stand in themselves are a finding", async () => {
    expect(await seen("a: &a {b: *a}")).toEqual([["yaml-cycle", "medium"]]);
  });
});

describe("MLflow", () => {
  const model = (flavour: string) => `flavors:\n  python_function: {${flavour}}\nmlflow_version: 2.9.2\n`;
  it.each([
    ["its own loader", "loader_module: mlflow.sklearn, model_path: model.pkl, env: {conda: conda.yaml}", []],
    ["Windows paths", "loader_module: mlflow.pyfunc.model, python_model: 'a\\b.pkl', code: null", []],
    ["a loader of the model", "loader_module: my_loader, code: code", [["foreign-import", "medium"]]],
    ["a powerful module", "loader_module: os", [["foreign-import", "high"]]],
    ["a path upwards", "loader_module: mlflow.sklearn, model_path: ../../x.pkl", [["code-path", "high"]]],
    ["an absolute path", "loader_module: mlflow.pyfunc.model, code: /srv/code", [["code-path", "high"]]],
    ["a model from code", "loader_module: mlflow.pyfunc.model, model_code_path: agent.py", [["custom-code", "medium"]]],
  ])("%s", async (_name, flavour, findings) => {
    expect(await seen(model(flavour), "MLmodel")).toEqual(findings);
  });
});

describe("what a tool acts on", () => {
  it.each([
    ["jobs: {a: {steps: [{run: x}]}}\non: push", ".github/workflows/a.yml"],
    ["services: {a: {image: x}}", "docker-compose.yml"],
    ["apiVersion: v1\nkind: Pod", "k.yaml"],
    ["build: {run: [x]}\npredict: predict.py:P", "cog.yaml"],
    ["stages: {a: {cmd: x}}", "dvc.yaml"],
    ["name: x\nentry_points: {main: {command: 'sh x'}}", "MLproject"],
    ["class_name: Sequential\nconfig: {layers: []}", "model.yaml"],
  ])("is not examined: %j", async (text, path) => {
    expect((await examine(text, path)).unexamined).toHaveLength(1);
  });

  it.each([
    ["class_name: Sequential\nconfig: [{class_name: Lambda, config: {function: [4wEAAAA]}}]", [["config-code", "high"]]],
    ["names: [a]\ntrain: x\ndownload: |\n  import os\n  os.system('id')\n", [["config-code", "medium"]]],
    ["names: [a]\ntrain: x\ndownload: https://x/y.zip\n", []],
    ["backbone: [[-1, 1, Conv, [64, 3, 2]], [-1, 1, nn.Upsample, [None, 2, 'nearest']]]\nhead: []", []],
    ["backbone: [[-1, 1, \"__import__('os').system('id')\", [64]]]\nhead: []", [["config-code", "high"]]],
    ["imports: ['$import glob']\nbundle_root: .", [["config-code", "medium"]]],
    ["bundle_root: .\nx: $os.system('id')", [["config-code", "high"]]],
    ["price: $5", []],
  ])("runs as code: %j", async (text, findings) => {
    expect(await seen(text)).toEqual(findings);
  });
});

describe("#107 packages from elsewhere", () => {
  it("are found in the environments of conda and MLflow", async () => {
    expect(await titles("name: x\nchannels: [defaults, https://x/c]\ndependencies: [python=3.8, {pip: [mlflow, '-i http://x']}]")).toEqual([
      '/channels/1 takes packages from an address: "https://x/c"',
      '/dependencies/1/pip/1 takes packages from an index that the list itself names: "-i http://x"',
    ]);
    expect(
      await titles(
        "python: 3.8.1\nbuild_dependencies: [pip==23, 'git+https://x/y']\ndependencies: ['-r requirements.txt', '-r ../../x.txt', '-r https://x/y.txt']",
      ),
    ).toEqual([
      '/build_dependencies/1 takes packages from an address: "git+https://x/y"',
      '/dependencies/1 takes packages from another list: "-r ../../x.txt"',
      '/dependencies/2 takes packages from another list: "-r https://x/y.txt"',
    ]);
  });
});

describe("the document itself", () => {
  it.each([
    ["plain data", "a: 1\nb: [x, y]\nc: {d: https://example.com, e: /srv/x}", []],
    ["text that looks like code", "a: eval(os.system)\nb: '!!python/name:os.system'", []],
    ["remote code switched on", "trust_remote_code: true", [["trust-remote-code-set", "low"]]],
    ["one key twice", "a: 1\na: 2", [["duplicate-key", "low"]]],
    ["a folder that is not examined", "a: .git/x", [["left-out-path", "medium"]]],
    ["a search path", "hydra: {searchpath: ['pkg://x']}", [["foreign-import", "medium"]]],
  ])("%s", async (_name, text, findings) => {
    expect(await seen(text)).toEqual(findings);
  });
});
