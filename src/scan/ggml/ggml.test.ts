import { expect, it } from "vitest";
import { int, MODELS } from "../../../test/fixtures/ggml/writer.ts";
import { bytesOf } from "../../bytes.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";

async function findings(bytes: Uint8Array): Promise<readonly string[]> {
  const report = await walkFile("model.bin", bytesOf(bytes), DEFAULT_LIMITS, () => {});
  return report.findings.map(({ severity, rule, where, title }) => `${severity} ${rule} ${where.path}: ${title}`);
}

it.each(Object.entries(MODELS))("%s passes", async (_, bytes) => {
  expect(await findings(bytes)).toEqual([]);
});

it("#25 a pickle behind the last tensor is hidden content", async () => {
  const found = await findings(Buffer.concat([MODELS["GPT-2"] ?? Buffer.alloc(0), Buffer.from("cos\nsystem\n(S'true'\ntR.")]));
  expect(found).toContainEqual(expect.stringMatching(/^medium malformed model\.bin: Not readable as ggml: behind 4 tensors, /));
  expect(found).toContainEqual(expect.stringMatching(/^critical pickle-callable model\.bin!\/unowned@/));
});

it("a header that nobody here knows is not examined", async () => {
  expect(await findings(Buffer.concat([Buffer.from("lmgg"), int(1, 2, 3), Buffer.alloc(200, 0xee)]))).toEqual([
    "medium not-examined model.bin: Not examined: a ggml model whose header has no layout that is known here",
  ]);
});
