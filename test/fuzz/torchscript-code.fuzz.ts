import assert from "node:assert/strict";
import { bytesOf } from "../../src/bytes.ts";
import { parseTorchScriptCode } from "../../src/formats/torchscript-code/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { torchscriptCodeExaminer } from "../../src/scan/torchscript-code/examine.ts";
import type { FuzzTarget } from "./target.ts";

const SEEDS = [
  'op_version_set = 1\nimport __torch__.a\nclass A(Module):\n  __parameters__ = ["w", ]\n  w : Tensor\n  n : Final[int] = 4\n  def forward(self: __torch__.A,\n    x: Tensor=CONSTANTS.c0) -> Tensor:\n    a, b, = torch.chunk(x, 2)\n    for i in range(2):\n      x0 = (getattr(self, "0")).forward(a, )\n    with ops.profiler.enter("a") as g:\n      pass\n    def __forked_function():\n      return x\n    return fork(__forked_function)\n',
  "import os\n@d\nclass B(os.x):\n  y = eval('1'); z = f\"{__import__}\"\n  def f(a=lambda: 1): return a.__class__\n",
];
const WORDS = "def class import from for in with as return ( ) [ ] { } : , . = ; @ # ' \" \\ torch ops getattr eval x __a__ \n \n\t 1.5e3 $".split(
  " ",
);

/** Any text is answered within the budget, and what was read can be judged. */
const target: FuzzTarget = {
  name: "torchscript-code",
  async seeds() {
    return SEEDS.map((seed) => new TextEncoder().encode(seed));
  },
  mutate(seed, random) {
    let text = new TextDecoder().decode(seed);
    for (let n = 1 + random.below(5); n > 0; n--) {
      const at = random.below(text.length + 1);
      const cut = random.below(3) === 0 ? random.below(10) : 0;
      const piece = random.below(5) === 0 ? text.slice(at, at + 20).repeat(random.below(10)) : ` ${random.pick(WORDS)} `;
      text = text.slice(0, at) + piece + text.slice(at + cut);
    }
    return new TextEncoder().encode(text);
  },
  async check(bytes) {
    const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 5_000_000 });
    const parsed = await parseTorchScriptCode(bytesOf(bytes), budget);
    assert.ok(parsed.facts.uses.every((use) => use.at >= 0 && use.line >= 1));
    torchscriptCodeExaminer.examine(parsed, { path: "c", name: "c", size: bytes.length, containers: [] });
    budget.hold(DEFAULT_LIMITS.maxMemoryBytes);
  },
};

export default target;
