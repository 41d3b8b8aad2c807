import { expect, it } from "vitest";
import { bytesOf } from "../../bytes.ts";
import { tensorDataFormat } from "../../formats/tensor-data/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { tensorDataExaminer } from "./examine.ts";

it("judges bytes without an owner, and tensors that the file does not hold", async () => {
  const owns = [
    { offset: 0, size: 100 },
    { offset: 900, size: 500 },
  ];
  const parsed = await tensorDataFormat(owns).parse(bytesOf(Buffer.alloc(1000, 7)), new Budget(DEFAULT_LIMITS));
  const { findings } = tensorDataExaminer.examine(parsed, { path: "w.bin", name: "w.bin", size: 1000, containers: [] });
  expect(findings.map(({ rule, severity, title, where }) => `${severity} ${rule} ${where.offset}: ${title}`)).toEqual([
    "medium tensor-data-range 900: A tensor of 500 bytes at 900 where the file has 1000",
    "medium tensor-data-unowned 100: 800 bytes that no tensor owns, between two tensors",
  ]);
});
