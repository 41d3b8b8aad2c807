import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { referencePages } from "./reference-pages.ts";

// npm run docs: writes the generated pages of docs/reference/. A unit test fails when they are stale.
for (const [path, text] of await referencePages()) writeFileSync(resolve(import.meta.dirname, "..", path), text);
