// biome-ignore-all lint/suspicious/noTemplateCurlyInString: interpolations of OmegaConf are written so
import { expect, it } from "vitest";
import { examined } from "../../../test/examined.ts";
import { bytesOf } from "../../bytes.ts";
import { yamlFormat } from "../../formats/yaml/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";

async function seen(text: string): Promise<readonly string[]> {
  const parsed = await yamlFormat.parse(bytesOf(Buffer.from(text)), new Budget(DEFAULT_LIMITS));
  expect(parsed.kind).toBe("parsed");
  const { findings, unexamined } = await examined("yaml", parsed, "config.yaml", text.length);
  return [...findings.map(({ rule, severity }) => `${severity} ${rule}`), ...unexamined];
}
const yolo = (more: string) => `nc: 80\n${more}\nhead:\n  - [-1, 1, Detect, [nc]]\n`;

it.each([
  ["an activation that calls", yolo("activation: __import__('os').system('id')\nbackbone:\n  - [-1, 1, Conv, [64]]"), ["high config-code"]],
  ["an activation of another module", yolo("activation: evil.Act()\nbackbone:\n  - [-1, 1, Conv, [64]]"), ["medium config-code"]],
  ["a layer that is a shell", yolo("backbone:\n  - [-1, 1, os.system, [id]]"), ["high config-code"]],
  ["a layer that evaluates", yolo("backbone:\n  - [-1, 1, exec, ['1']]"), ["high config-code"]],
  ["a component of Haystack", "components:\n  a:\n    type: subprocess.Popen\n    init_parameters: {args: id}", ["high config-target"]],
  ["a node of Rasa", "nodes:\n  a:\n    uses: os.system", ["high config-target"]],
  ["an expression behind 60 others", `a: "${"${b}".repeat(60)}\${eval:\\"__import__('os')\\"}"\nb: 1`, ["high config-resolver"]],
  ["an expression far behind", `a: ${"x".repeat(5000)}\${eval:__import__('os')}`, ["high config-resolver"]],
])("%s", async (_name, text, findings) => expect(await seen(text)).toEqual(findings));

it.each([
  ["an activation", yolo("activation: nn.LeakyReLU(0.1)\nbackbone:\n  - [-1, 1, Conv, [64]]\n  - [-1, 1, nn.Upsample, [None, 2, nearest]]")],
  ["a component of Haystack", "components:\n  a:\n    type: haystack.components.builders.PromptBuilder\n    init_parameters: {template: x}"],
  ["a type of Python", "fields:\n  - {name: a, type: datetime.date}\n  - {name: b, type: string}"],
  ["a step of a workflow in another place", "steps:\n  - uses: actions/checkout@v4"],
])("passes: %s", async (_name, text) => expect(await seen(text)).toEqual([]));

it("reads interpolations in linear time", async () => {
  const deep = `a: "${"${".repeat(30_000)}"\nb: "${"${.".repeat(20_000)}!"\nc: "${"${x:".repeat(15_000)}"\ntarget: ${"a.".repeat(150_000)}`;
  await yamlFormat.parse(bytesOf(Buffer.from(deep)), new Budget(DEFAULT_LIMITS));
});
