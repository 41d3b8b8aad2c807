import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { buildConsole } from "./build-console.ts";

// npm run build: src/ as JavaScript with declarations in dist/, the data files beside the code that reads them, and the console in dist/console/.
const root = resolve(import.meta.dirname, "..");
rmSync(join(root, "dist"), { recursive: true, force: true });
execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", join(root, "tsconfig.build.json")], { stdio: "inherit" });
for (const file of globSync("src/**/*.{cedar,cedarschema,yaml,tsv,txt}", { cwd: root })) {
  const to = join(root, "dist", file.slice("src/".length));
  mkdirSync(dirname(to), { recursive: true });
  cpSync(join(root, file), to);
}
cpSync(await buildConsole(), join(root, "dist/console"), { recursive: true });
