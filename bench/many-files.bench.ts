import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { measureTree } from "../src/artifact/measure.ts";
import { surveyTree } from "../src/artifact/tree.ts";
import { line, scratch, timed } from "./measure.ts";

// The manifest of 100,000 small files against reading them and nothing else.
const COUNT = 100_000;
const folder = await scratch();
for (let i = 0; i < COUNT; i += 1000) mkdirSync(join(folder, String(i / 1000)));
for (let i = 0; i < COUNT; i++) writeFileSync(join(folder, String(Math.floor(i / 1000)), `${i}.txt`), `file ${i}\n`);

const bare = await timed(3, () => {
  for (const name of readdirSync(folder)) for (const file of readdirSync(join(folder, name))) readFileSync(join(folder, name, file));
});
const manifest = await timed(3, () => measureTree(surveyTree(folder)));
line(`manifest of ${COUNT} small files`, manifest.medianMs, "ms", "reading them", bare.medianMs, "≤ 3");
