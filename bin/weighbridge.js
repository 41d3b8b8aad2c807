#!/usr/bin/env node
// Plain JavaScript for any Node 20 or newer: finds a Node 24 to run the real program with. Its own, or the npm dependency's.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module, { createRequire } from "node:module";
import { constants, homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "../src/cli/main.ts");
const entry = existsSync(source) ? source : join(here, "../dist/cli/main.js");

if (Number(process.versions.node.split(".")[0]) >= 24) {
  // In a folder of the user's own: a cache in a shared temporary folder could be prepared by somebody else.
  module.enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "weighbridge", "compiled"));
  await import(pathToFileURL(entry).href);
} else runUnder(nodeOfDependency());

/** The binary that the npm package `node` unpacks when it is installed, or why there is none. */
function nodeOfDependency() {
  try {
    const binary = join(dirname(createRequire(import.meta.url).resolve("node/package.json")), "bin/node");
    if (existsSync(binary)) return { binary };
    return { missing: 'the npm package "node" was installed without its install script. Install Node 24, or run: npm rebuild node' };
  } catch {
    return { missing: "its dependencies are not installed. Install Node 24, or run: npm ci" };
  }
}

/** @param {{ binary?: string, missing?: string }} node */
function runUnder({ binary, missing }) {
  if (binary === undefined) {
    console.error(`weighbridge needs Node 24 or newer; this is ${process.version}, and ${missing}`);
    process.exit(2);
  }
  const child = spawn(binary, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  // A terminal sends Ctrl-C to both; whatever else sends a signal sends it to this process alone. The child decides when to end, and how.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => {
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  child.on("error", (error) => {
    console.error(`weighbridge could not start ${binary}: ${error.message}`);
    process.exit(2);
  });
}
