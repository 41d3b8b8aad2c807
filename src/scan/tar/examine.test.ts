import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { bytesOf } from "../../bytes.ts";
import { parseTar } from "../../formats/tar/parse.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { linkEscape } from "../archive/member-path.ts";
import { tarExaminer } from "./examine.ts";

async function findings(name: string) {
  const bytes = readFileSync(new URL(`../../../test/fixtures/tar/${name}`, import.meta.url));
  const parsed = await parseTar(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
  return tarExaminer
    .examine(parsed, { path: name, name, size: bytes.length, containers: [] })
    .findings.map(({ severity, title }) => `${severity} ${title}`);
}

it.each(["ustar.tar", "gnu-long.tar", "pax-long.tar"])("finds nothing in an ordinary archive: %s", async (name) => {
  expect(await findings(name)).toEqual([]);
});

it("finds each way out of the folder", async () => {
  expect(await findings("slip.tar")).toEqual([
    "high Member ../../evil leads out of the folder",
    "high Member /abs is an absolute path",
    "high Member C:\\x names a drive",
    "high Member in/up/file is written through a link that the same archive brings",
    "high Member out is a link whose target leads out of the folder: ../etc/passwd",
    "high Member in/up is a link whose target leads out of the folder: ../..",
  ]);
});

it("finds a way out under a name that only some readers know", () => {
  const entry = { name: "a.bin", type: "file", at: 1024, offset: 1536, size: 1 } as const;
  const ask = (otherNames: readonly string[]) =>
    tarExaminer
      .examine(
        { kind: "parsed", facts: { entries: [{ ...entry, otherNames }], unowned: [] }, anomalies: [] },
        { path: "m", name: "m", size: 1, containers: [] },
      )
      .findings.map(({ severity, title }) => `${severity} ${title}`);
  expect(ask(["b.bin", "../c.bin"])).toEqual(["high Member a.bin is ../c.bin to some readers, and leads out of the folder"]);
  expect(ask(["b.bin"])).toEqual([]);
});

it("finds devices and pipes", async () => {
  expect(await findings("device.tar")).toEqual(["medium Member null is a device", "medium Member pipe is a fifo"]);
});

it.each([
  ["a/b/link", "../../x", null],
  ["a/b/link", "../../../x", "leads out of the folder"],
  ["link", "..", "leads out of the folder"],
  ["a/link", "/etc", "is an absolute path"],
  ["a/link", "b/../../c", null],
] as const)("a symbolic link %s to %s: %s", (name, target, answer) => {
  expect(linkEscape(name, target, "symlink")).toBe(answer);
});

it("says once that symbolic links lead out", () => {
  const link = (name: string, target: string) => ({ name, type: "symlink", at: 0, offset: 512, size: 0, target }) as const;
  const { findings } = tarExaminer.examine(
    { kind: "parsed", facts: { entries: [link("a", "b"), link("c", "/d"), link("e", "../f"), link("g", "/h")], unowned: [] }, anomalies: [] },
    { path: "m", name: "m", size: 1, containers: ["gzip"] },
  );
  expect(findings.map(({ title, proof }) => [title, proof])).toEqual([
    ["Member c is a link whose target is an absolute path: /d, and 2 more", { links: 3, name: "c", target: "/d", packed: true }],
  ]);
});
