import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Examination } from "../scan/examination.ts";
import { linesOf } from "./text-lines.ts";

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "weighbridge-lines-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const examined = (...paths: readonly string[]) =>
  ({ artifact: { manifest: { entries: paths.map((path) => ({ path, type: "file" })) } } }) as unknown as Examination; // all that is asked of it

it("counts line feeds before the byte, from 1", () => {
  const source = folder();
  mkdirSync(join(source, "sub"));
  writeFileSync(join(source, "sub/a%!.json"), "{\n\n}");
  const lineAt = linesOf({ source, examination: examined("sub/a%25%21.json", "b") });
  expect([0, 1, 2, 3, 4, 5].map((offset) => lineAt("sub/a%25%21.json", offset))).toEqual([1, 1, 2, 3, 3, undefined]);
});

it("finds a file that is an artifact of its own", () => {
  const source = join(folder(), "a.py");
  writeFileSync(source, "\nx");
  expect(linesOf({ source, examination: examined("a.py") })("a.py", 1)).toBe(2);
});

it("has no line for bytes, for what is too large, for what is gone, and does not wait for a pipe", () => {
  const source = folder();
  writeFileSync(join(source, "bytes"), "a\n\0");
  writeFileSync(join(source, "large"), "a");
  truncateSync(join(source, "large"), 5_000_000);
  execFileSync("mkfifo", [join(source, "pipe")]);
  const lineAt = linesOf({ source, examination: examined("bytes", "large", "pipe", "gone") });
  expect(["bytes", "large", "pipe", "gone"].map((path) => lineAt(path, 0))).toEqual([undefined, undefined, undefined, undefined]);
});
