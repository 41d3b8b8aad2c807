import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { tokenFrom } from "./token.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weighbridge-token-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function fileWith(text: string, mode: number): string {
  const file = join(folder, "token");
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

it("a file goes before the environment, and the end of its line is no part of the token", () => {
  expect(tokenFrom({ file: fileWith("wb_abc\n", 0o600), env: "wb_env" })).toBe("wb_abc");
  expect(tokenFrom({ file: undefined, env: "wb_env" })).toBe("wb_env");
});

it.each([0o640, 0o604, 0o644, 0o660])("a file that others can read (%o) is refused", (mode) => {
  expect(() => tokenFrom({ file: fileWith("wb_abc", mode), env: undefined })).toThrow(
    expect.objectContaining({ code: "WB_REMOTE_TOKEN", message: expect.stringContaining("other users can read") }),
  );
});

it.each(["", "\n", "two words", "wb_\u00e9", "a\nb"])("%j is no token, and is not repeated", (text) => {
  expect(() => tokenFrom({ file: fileWith(text, 0o600), env: "wb_env" })).toThrow(expect.objectContaining({ code: "WB_REMOTE_TOKEN" }));
  expect(() => tokenFrom({ file: undefined, env: text })).not.toThrow(/words|wb_/);
});

it("a file that is not there is refused", () => {
  expect(() => tokenFrom({ file: join(folder, "none"), env: undefined })).toThrow(/does not exist/);
});
