import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";

const DIST = resolve(import.meta.dirname, "../../console/dist");
const files = globSync("**/*.*", { cwd: DIST });
const served = files.filter((name) => !name.endsWith(".txt"));

it("is at most 200 kB on its way, the font and all pages together", () => {
  const bytes = served.map((name) => gzipSync(readFileSync(resolve(DIST, name)), { level: 9 }).length).reduce((sum, size) => sum + size, 0);
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThanOrEqual(200_000);
});

it("names no other server than those in texts: a namespace, and where Svelte explains its errors", () => {
  const found = new Set(served.flatMap((name) => readFileSync(resolve(DIST, name), "latin1").match(/https?:\/\/[\w.-]+/g) ?? []));
  const texts = ["http://www.w3.org", "https://svelte.dev", "https://weighbridge.dev", "http://127.0.0.1", "https://issuer"];
  expect([...found].filter((address) => !texts.includes(address))).toEqual([]);
});

it("holds no schema of the server, no markup of others, and the licence of its font", () => {
  const script = served.filter((name) => name.endsWith(".js")).map((name) => readFileSync(resolve(DIST, name), "utf8"));
  expect(script.join("\n")).not.toMatch(/ZodError|\beval\(|new Function|document\.write/);
  expect(readFileSync(resolve(DIST, "index.html"), "utf8")).not.toMatch(/<style|<script(?![^>]* src="\/assets\/)|\son\w+=/);
  expect(files).toContain("inter-LICENSE.txt");
});
