import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TECHNIQUES } from "../test/techniques/index.ts";
import { keyOf, writeTechnique } from "../test/techniques/technique.ts";

// node scripts/write-techniques.ts FOLDER: writes every example of the scorecard, for other scanners to be run on. Their payloads do nothing.
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("give a folder");
for (const technique of TECHNIQUES) {
  const key = keyOf(technique);
  const example = join(folder, key.replaceAll("/", "-"));
  mkdirSync(example, { recursive: true });
  writeFileSync(join(example, "key"), key);
  writeTechnique(join(example, "shown"), technique, "files");
  writeTechnique(join(example, "honest"), technique, "nearMiss");
}
