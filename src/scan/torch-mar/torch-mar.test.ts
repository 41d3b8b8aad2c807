import { describe, expect, it } from "vitest";
import { writeZip } from "../../../test/fixtures/containers/zip-writer.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { torchMarDetector } from "../../formats/torch-mar/detect.ts";
import { torchMarFormat } from "../../formats/torch-mar/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { torchMarExaminer } from "./examiner.ts";

/** As torch-model-archiver 0.12 writes it. */
const mar = (model: Readonly<Record<string, string>>, files: Readonly<Record<string, string>> = {}) =>
  writeZip([
    {
      name: "MAR-INF/MANIFEST.json",
      data: JSON.stringify({
        createdOn: "21/11/2026 10:00:00",
        runtime: "python",
        model: { modelName: "m", modelVersion: "1.0", ...model },
        archiverVersion: "0.12.0",
      }),
      deflate: true,
    },
    ...Object.entries(files).map(([name, data]) => ({ name, data, deflate: true })),
  ]);
const probe = (bytes: Uint8Array) => ({
  head: bytes.subarray(0, 4096),
  tail: bytes.subarray(-4096),
  size: bytes.length,
  at: async (o: number, n: number) => bytes.subarray(o, o + n),
});
const parse = (bytes: Uint8Array) => torchMarFormat.parse(bytesOf(bytes), new Budget(DEFAULT_LIMITS));

async function seen(bytes: Uint8Array) {
  const { findings, unexamined } = torchMarExaminer.examine(await parse(bytes), { path: "m.mar", name: "m.mar", size: bytes.length, containers: [] });
  expect(unexamined).toEqual([]);
  return findings.map(({ rule, severity, title }) => [rule, severity, title]);
}

describe("#107 archives for TorchServe", () => {
  it("a handler of TorchServe itself passes", async () => {
    expect(
      await seen(mar({ handler: "image_classifier", serializedFile: "m.pt", configFile: "model-config.yaml", extraFiles: "index_to_name.json" })),
    ).toEqual([]);
  });

  it("a plain list of packages adds nothing; the list itself is a member like any other", async () => {
    const bytes = mar(
      { handler: "text_classifier", requirementsFile: "requirements.txt" },
      { "requirements.txt": "# x\ntransformers==4.40\nnumpy>=1.2\n" },
    );
    expect(await seen(bytes)).toEqual([]);
    expect(torchMarFormat.children?.((await parse(bytes)).facts).map(({ name }) => name)).toEqual(["requirements.txt"]);
  });

  it.each([
    [{ handler: "handler.py" }, [["mar-handler", "medium", "TorchServe runs handler.py of this archive for every request; it is not examined yet"]]],
    [
      { handler: "my_handler:handle" },
      [["mar-handler", "medium", "TorchServe runs my_handler:handle of this archive for every request; it is not examined yet"]],
    ],
    [{ handler: "../../../tmp/x.py" }, [["mar-path", "high", "The manifest's handler \"../../../tmp/x.py\" leads out of the model's folder"]]],
    [{ serializedFile: "/srv/x.pt" }, [["mar-path", "high", 'The manifest\'s serializedFile "/srv/x.pt" is an absolute path']]],
    [{ modelFile: "https://x/y.py" }, [["mar-path", "high", 'The manifest\'s modelFile "https://x/y.py" is an address']]],
    [{ extraFiles: "a.json,../b" }, [["mar-path", "high", "The manifest's extraFiles \"a.json,../b\" leads out of the model's folder"]]],
  ])("%j", async (model, findings) => {
    expect(await seen(mar(model))).toEqual(findings);
  });

  it("lists of packages that name another index or an address are a finding each, with file and line", async () => {
    const list = "numpy\n\n--extra-index-url https://x/simple\r\ntorch @ https://x/t.whl\n";
    expect(await seen(mar({ handler: "base_handler", requirementsFile: "reqs.txt" }, { "reqs.txt": list }))).toEqual([
      ["package-source", "medium", 'reqs.txt, line 3, takes packages from an index that the list itself names: "--extra-index-url https://x/simple"'],
      ["package-source", "medium", 'reqs.txt, line 4, takes packages from an address: "torch @ https://x/t.whl"'],
    ]);
  });

  it("reads both values of a key that stands twice", async () => {
    const bytes = writeZip([{ name: "MAR-INF/MANIFEST.json", data: '{"model":{"handler":"evil.py","handler":"image_classifier"}}' }]);
    expect((await seen(bytes)).map(([rule]) => rule)).toEqual(["mar-handler"]);
  });

  it("says that the manifest is broken", async () => {
    const parsed = await parse(writeZip([{ name: "MAR-INF/MANIFEST.json", data: '{"model":' }]));
    expect(parsed.facts).toMatchObject({ recognised: false, unread: "the manifest: the document ends too early" });
    expect(torchMarFormat.children?.(parsed.facts)).toHaveLength(1);
  });

  it("is detected by its manifest", async () => {
    expect(await torchMarDetector.detect(probe(mar({})))).toBe("yes");
    expect(await torchMarDetector.detect(probe(writeZip([{ name: "MANIFEST.json", data: "{}" }])))).toBe("no");
  });
});

formatContract(torchMarFormat, [mar({ handler: "h.py", requirementsFile: "r.txt" }, { "r.txt": "-i x\n" })]);
