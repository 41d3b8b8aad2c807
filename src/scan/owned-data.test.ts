import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { externalTensor, initializer, node, onnxOf } from "../../test/fixtures/protobuf/onnx.ts";
import { verdictOf } from "./examination.ts";
import { ArtifactExaminer } from "./examine-artifact.ts";

// Which bytes of one file belong to tensors is said by another: the whole way, on files on disk.
const examiner = new ArtifactExaminer({ jobs: 1 });
const base = mkdtempSync(join(tmpdir(), "weighbridge-owned-"));
let folder = "";
let runs = 0;
beforeEach(() => {
  folder = join(base, String(runs++));
});
afterAll(async () => {
  await examiner.close();
  rmSync(base, { recursive: true });
});

async function scan(files: Readonly<Record<string, Uint8Array | string>>) {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const { findings, coverage, formats } = await examiner.examine(folder);
  const found = findings.map(({ rule, severity, where }) => `${severity} ${rule} ${where.path}`);
  return { verdict: verdictOf(findings, coverage), found, coverage: coverage.status, formats };
}

/** Bytes that look like floats and like no format. */
const weights = (length: number) => Buffer.from(Float32Array.from({ length: length / 4 }, (_, i) => Math.sin(i + 1)).buffer);
const model = (location: string, offset: number, length: number) =>
  onnxOf([node("MatMul"), initializer(externalTensor("w", [length / 4], { location, offset: String(offset), length: String(length) }))]);
const elf = Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(200, 1)]);
const pickle = Buffer.from("\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x93\x94\x8c\x04true\x94\x85\x94R\x94.", "latin1");

describe("raw data that a model owns", () => {
  it("is examined, and passes", async () => {
    expect(await scan({ "m.onnx": model("data/w x.bin", 0, 400), "data/w x.bin": weights(400) })).toEqual({
      verdict: "pass",
      found: [],
      coverage: "complete",
      formats: { "m.onnx": ["onnx"], "data/w x.bin": ["tensor-data"] },
    });
  });

  it("may look like text under a name that says nothing of it", async () => {
    const letters = Buffer.from("aaaabbbbccccdddd\n   ");
    const owned = await scan({ "m.onnx": model("w.bin", 0, 20), "w.bin": letters });
    expect([owned.verdict, owned.formats["w.bin"]]).toEqual(["pass", ["tensor-data"]]);
    folder = join(base, String(runs++));
    expect(await scan({ "w.bin": letters })).toMatchObject({ found: ["medium extension-mismatch w.bin", "medium not-examined w.bin"] });
  });

  it("is not examined when nobody owns it, or somebody in another folder", async () => {
    const files = { "a/m.onnx": model("w.bin", 0, 400), "w.bin": weights(400) };
    expect(await scan(files)).toMatchObject({ verdict: "review", found: ["medium not-examined w.bin", "info missing-file a/m.onnx"] });
  });

  it("is review where the model owns less or more than there is", async () => {
    expect(await scan({ "m.onnx": model("w.bin", 0, 200), "w.bin": weights(400) })).toMatchObject({
      verdict: "review",
      found: ["medium tensor-data-unowned w.bin"],
    });
    expect(await scan({ "m.onnx": model("w.bin", 0, 800), "w.bin": weights(400) })).toMatchObject({
      verdict: "review",
      found: expect.arrayContaining(["medium tensor-data-range w.bin"]),
    });
  });

  it.each([
    ["an executable", elf, "high hidden-content w.bin!/unowned@400"],
    ["a pickle that calls", pickle, "high hidden-content w.bin!/unowned@400!/@0"],
  ])("is high with %s behind the tensors", async (_, hidden, expected) => {
    const { found, verdict } = await scan({ "m.onnx": model("w.bin", 0, 400), "w.bin": Buffer.concat([weights(400), hidden]) });
    expect([verdict, found.includes(expected)]).toEqual(["block", true]);
  });

  it("is blocked with a pickle at the head of a tensor, and not with one in its middle", async () => {
    const inFront = await scan({ "m.onnx": model("w.bin", 200, 400), "w.bin": Buffer.concat([weights(200), pickle, weights(370)]) });
    expect(inFront.verdict).toBe("block");
  });
});

describe("a file that is something by itself", () => {
  it.each([
    ["a script", "#!/bin/sh\necho hello\n"],
    ["text", "print('hello')\n"],
    ["a pickle", pickle],
  ])("stays that though a model claims its bytes: %s", async (_, content) => {
    const alone = await scan({ "setup.py": content });
    folder = join(base, String(runs++));
    const claimed = await scan({ "setup.py": content, "m.onnx": onnxOf([initializer(externalTensor("w", [1], { location: "setup.py" }))]) });
    expect(claimed.found.filter((line) => line.endsWith("setup.py"))).toEqual(alone.found);
    expect(claimed.verdict).toBe(alone.verdict);
    expect(alone.verdict).not.toBe("pass");
  });
});
