import { chmodSync, globSync, mkdtempSync, renameSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { build, type InlineConfig } from "vite";

// The web console as static files in console/dist: made when a source is newer than what was made last. --force makes it in any case.
const root = resolve(import.meta.dirname, "..");
const folder = join(root, "console");
const out = join(folder, "dist");

const OPTIONS: InlineConfig = {
  root: folder,
  configFile: false,
  logLevel: "error",
  plugins: [svelte({ configFile: false, compilerOptions: { runes: true }, onwarn: refuse })],
  // A font as data: would need another source in the content security policy, and no browser that the console is made for needs the polyfill.
  build: { emptyOutDir: true, target: "es2023", assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
};

/** What the bundle is made of: the console itself, the few pure modules that it shares with src/, and this script. */
const SOURCES = [
  "console/index.html",
  "console/{src,public}/**/*",
  "src/{escape,lookalike-letters}.ts",
  "src/report/{finding-groups,quantities}.ts",
  "scripts/build-console.ts",
];

/** Builds the console where it is missing or older than its sources. Yields its folder. */
export async function buildConsole({ force = false }: { readonly force?: boolean } = {}): Promise<string> {
  if (!force && isFresh()) return out;
  const made = mkdtempSync(join(root, "node_modules/.console-"));
  try {
    await build({ ...OPTIONS, build: { ...OPTIONS.build, outDir: made } });
    chmodSync(made, 0o755);
    // Made elsewhere and moved: a server that starts meanwhile finds the old one or the new one.
    rmSync(out, { recursive: true, force: true });
    renameSync(made, out);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return out;
}

/** A warning of the compiler is a fault of accessibility or of reactivity. */
function refuse({
  message,
  filename,
  start,
}: {
  readonly message: string;
  readonly filename?: string;
  readonly start?: { readonly line: number };
}): never {
  throw new Error(`${filename}:${start?.line}: ${message}`);
}

function isFresh(): boolean {
  const made = statSync(join(out, "index.html"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return globSync([...SOURCES, "package-lock.json"], { cwd: root }).every((file) => statSync(join(root, file)).mtimeMs <= made);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await buildConsole({ force: process.argv.includes("--force") });
