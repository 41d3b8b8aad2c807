import { createHash } from "node:crypto";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

// npm run fix: writes src/scan/rules-digest.json. The digest says which examination evidence came from, so it covers every file that can change an
// answer: how a tree is read, parsers, examiners, their data, and what they all import. A test fails when it is stale.
const root = resolve(import.meta.dirname, "..");
const file = join(root, "src/scan/rules-digest.json");

export function rulesDigest(): string {
  const hash = createHash("sha256");
  const files = globSync("src/{*.ts,{artifact,formats,scan}/**/*}", { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.ts$|rules-digest\.json$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const path of files) hash.update(`${path.slice(root.length)}\n`).update(createHash("sha256").update(readFileSync(path)).digest());
  return `sha256:${hash.digest("hex")}`;
}

export function writtenDigest(): string {
  return JSON.parse(readFileSync(file, "utf8")).rules;
}

if (process.argv[1] === import.meta.filename) writeFileSync(file, `{ "rules": "${rulesDigest()}" }\n`);
