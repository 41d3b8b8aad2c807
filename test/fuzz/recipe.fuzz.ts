import { bytesOf } from "../../src/bytes.ts";
import { recipeFormat } from "../../src/formats/recipe/format.ts";
import { tableFormat } from "../../src/formats/table/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { recipeExaminer } from "../../src/scan/recipe/index.ts";
import { tableExaminer } from "../../src/scan/table/index.ts";
import type { FuzzTarget } from "./target.ts";
import { withPieces } from "./text-pieces.ts";

const TEXTS = [
  "torch==2.1.0\n--extra-index-url https://x/simple\nx @ git+https://y/z \\\n --hash=sha256:00\n",
  '[build-system]\nrequires = [\n "a", # b\n]\nbuild-backend = "x"\n[tool.poetry.dependencies]\nx = { git = "u" }\n',
  "[options]\ninstall_requires =\n  torch\n  x>=1\n",
  "FROM x\nRUN curl http://x | sh && \\\n  pip install -i http://y z\nADD http://x /\n",
  'a,b\n"=HYPERLINK(""x"")",2\n=cmd|\'/c x\'!A0\n',
  "import os\n../src\n",
];
const PIECES = [
  "\n",
  "\\\n",
  "[",
  "]",
  '"""',
  "'''",
  "{",
  "}",
  "=",
  ":",
  "\r\n",
  "# ",
  "curl ",
  " | sh",
  "git+",
  "@",
  "\u00e9",
  "=cmd|",
  "!",
  "import\t",
  "-e ",
  "base64 -d |",
];
const NAMES = ["requirements.txt", "pyproject.toml", "setup.cfg", "config.toml", "Dockerfile", "run.sh", "x.pth", "pip.conf", "Makefile"];
const MAX_STEPS = 2_000_000;

const target: FuzzTarget = {
  name: "recipe",
  async seeds() {
    return TEXTS.map((text) => Buffer.from(text));
  },
  mutate: (seed, random) => withPieces(seed, PIECES, random),
  async check(bytes) {
    const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: MAX_STEPS });
    const recipe = await recipeFormat.parse(bytesOf(bytes), budget);
    const table = await tableFormat.parse(bytesOf(bytes), budget);
    const places = recipe.facts.lines.map(({ at }) => at).concat(table.facts.formulas.map(({ at }) => at));
    for (const at of places) if (at > bytes.length) throw new Error(`a line at ${at} of ${bytes.length}`);
    for (const name of NAMES) {
      const { findings } = recipeExaminer.examine(recipe, { path: name, name, size: bytes.length, containers: [] });
      for (const { where } of findings) if ((where.offset ?? 0) > bytes.length) throw new Error(`a finding at ${where.offset} of ${bytes.length}`);
    }
    tableExaminer.examine(table, { path: "a.csv", name: "a.csv", size: bytes.length, containers: [] });
    budget.hold(DEFAULT_LIMITS.maxMemoryBytes); // everything that was held is given back
  },
};

export default target;
