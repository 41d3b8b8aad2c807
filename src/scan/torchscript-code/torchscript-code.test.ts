import { describe, expect, it } from "vitest";
import { bytesOf } from "../../bytes.ts";
import type { Finding } from "../../finding.ts";
import { parseTorchScriptCode } from "../../formats/torchscript-code/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { torchscriptCodeExaminer } from "./examine.ts";

async function examine(source: string): Promise<readonly Finding[]> {
  const parsed = await parseTorchScriptCode(bytesOf(new TextEncoder().encode(source)), new Budget(DEFAULT_LIMITS));
  return torchscriptCodeExaminer.examine(parsed, {
    path: "m.pt!/code/__torch__.py",
    name: "__torch__.py",
    size: source.length,
    containers: ["torch-zip"],
  }).findings;
}

async function verdicts(source: string): Promise<string[]> {
  return (await examine(source)).map((finding) => `${finding.severity} ${finding.rule}`);
}

const inFunction = (body: string) => `def f(x: Tensor) -> Tensor:\n  ${body}\n  return x\n`;

/** Every form that `PythonPrintImpl` has a case for. */
const SERIALISED = `op_version_set = 1
import __torch__.foo.___torch_mangle_3
class Net(Module):
  __parameters__ = ["weight", ]
  __buffers__ = []
  __forward_pre_hooks__ = ["hook", ]
  __annotations__ = []
  __annotations__["0"] = __torch__.___torch_mangle_0.Linear
  weight : Tensor
  object : int
  names : Final[Dict[str, int]] = {"a": 1}
  scale : Final[float] = 2.
  def forward(self: __torch__.Net,
    x: Tensor,
    y: Optional[List[Tensor]]=None,
    mode: str="import os; eval(",
    mask: Tensor=CONSTANTS.c1) -> Tuple[Tensor, Dict[str, Tensor]]:
    _0 = __torch__.torch.nn.functional.relu
    _1 = "AssertionError: eval(1) is __class__"
    _2 = uninitialized(Tensor)
    if torch.__isnot__(y, None):
      y0 = unchecked_cast(List[Tensor], y)
      n = torch.len(y0)
    else:
      ops.prim.RaiseException(_1, "builtins.AssertionError")
      n = annotate(int, 0)
    out: Optional[Tensor] = None
    for i in range(n):
      a, b, = torch.chunk(x, 2, -1)
      c, d = torch.add(a, b, alpha=1), torch.add(b, a, alpha=1)
      out = c
    more = torch.gt(n, 0)
    while more:
      more = False
    def __forked_function0():
      return torch.neg(x)
    _3 = fork(__forked_function0)
    _4 = (getattr(self, "0")).forward(x, )
    _5 = isinstance(_4, (Tensor, int))
    with ops.profiler._record_function_enter_new("a") as guard:
      pass
    q = ops.quantized.linear(x, self._packed, 1.0e-05, 0)
    point = __torch__.Point.__new__(__torch__.Point)
    _6 = (point).__init__(1, CONSTANTS.c0, )
    self.count = torch.add(self.count, 1)
    g = torch.autograd.grad([x], [x])
    input = (annotate(Dict[str, Tensor], {}))["a"]
    print(n)
    return (_0(x, ), {"a": torch.slice(input, 0, 0, 9223372036854775807)})
  def __len__(self: __torch__.Net) -> int:
    return 2
  def hook(self: __torch__.Net, input: Tuple[Tensor]) -> NoneType:
    return None
class Pair(NamedTuple):
  x : Tensor
class Colour(Enum):
  RED = "red"
class Face(ModuleInterface):
  def one(self, x: Tensor) -> Tensor:
    pass
`;

it("passes every form that the serialiser writes", async () => {
  expect(await examine(SERIALISED)).toEqual([]);
});

describe("foreign code", () => {
  it.each([
    ["import os\n"],
    ["from os import system\n"],
    ["import __torch__.a, os\n"],
    ["print(1)\n"],
    ["x = 1\n"],
    ["@decorated\ndef f(x: Tensor) -> Tensor:\n  return x\n"],
    ["class A(Module):\n  x : int = os.getpid()\n"],
    ["class A(Module):\n  print(1)\n"],
    ["class A(__torch__.B):\n  pass\n"],
    ["def f(x: Tensor=open('a')) -> Tensor:\n  return x\n"],
    ["if True:\n  import os\n"],
    ["def f(x: Tensor): __import__('os').system('a')\n"],
    [inFunction("exec('1')")],
    [inFunction("a = (lambda: 1)()")],
    [inFunction("a = x.__class__.__mro__")],
    [inFunction("a = torch.os.system('a')")],
    [inFunction("t = torch")],
    [inFunction("a = getattr(x, 'system')('a')")],
    [inFunction("a = getattr(x, y)")],
    [inFunction("a = f'{x}'")],
    [inFunction("x; a = 1")],
    [inFunction("a = [eval for b in x]")],
    [inFunction("a = ^Python(1)(x)")],
    [inFunction("def g():\n    eval = 1\n  eval('1')")],
    ["def eval(x: Tensor) -> Tensor:\n  return x\ndef f(x: Tensor) -> Tensor:\n  return eval('1')\n"],
    [inFunction("a = ops.prim.x.y()")],
  ])("blocks %j", async (source) => {
    const found = await verdicts(source);
    expect(new Set(found)).toEqual(new Set(["high torchscript-foreign-code"]));
  });

  it("shows the line and its place", async () => {
    const [finding] = await examine('é = "é"\nimport os\n');
    const [second] = await examine(`${SERIALISED}import os\n`);
    expect(finding).toMatchObject({ where: { path: "m.pt!/code/__torch__.py", offset: 0 } });
    expect(second).toMatchObject({
      title: "The TorchScript code imports os",
      where: { offset: SERIALISED.length },
      proof: { line: 61, source: "import os", does: ["imports os"] },
    });
  });
});

describe("operators", () => {
  it("blocks those that take the name of a file", async () => {
    expect(await verdicts(inFunction("a = torch.from_file('/etc/passwd', False, 100)"))).toEqual(["high torchscript-file-access"]);
    expect(await verdicts(inFunction("torch.save(x, 'a')"))).toEqual(["high torchscript-file-access"]);
  });

  it("holds those of an unknown library for review", async () => {
    expect(await verdicts(inFunction("a = ops.mylib.fused(x)"))).toEqual(["medium torchscript-custom-operator"]);
    expect(await verdicts(inFunction("a = ops.torchvision.nms(x, x, 0.5)"))).toEqual([]);
  });
});

it("holds what no tokenizer of Python reads for review", async () => {
  expect(await verdicts(inFunction("a = x$"))).toEqual(["medium torchscript-unreadable"]);
});
