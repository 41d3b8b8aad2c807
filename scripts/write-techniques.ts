import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { TECHNIQUES } from "../test/techniques/index.ts";

// node scripts/write-techniques.ts FOLDER: writes every example of the scorecard, for other scanners to be run on. Their payloads do nothing.
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("give a folder");
for (const { number, title, files, nearMiss } of TECHNIQUES) {
  const key = `${String(number).padStart(3, "0")} ${title}`; // as in scorecard.json
  const example = join(folder, key.replaceAll("/", "-"));
  mkdirSync(example, { recursive: true });
  writeFileSync(join(example, "key"), key);
  for (const [kind, content] of Object.entries({ shown: files, honest: nearMiss }))
    for (const [name, bytes] of Object.entries(content)) {
      const file = join(example, kind, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
}
