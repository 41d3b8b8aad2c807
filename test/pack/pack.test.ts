import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const EXAMPLES = join(ROOT, "examples");

let folder: string;
let tarball: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "weighbridge-pack-"));
  execFileSync("npm", ["run", "build"], { cwd: ROOT, stdio: "ignore" });
  execFileSync("npm", ["pack", "--pack-destination", folder], { cwd: ROOT, stdio: "ignore" });
  tarball = join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Installs the tarball into an empty folder elsewhere. */
function install(name: string, ...flags: readonly string[]): string {
  const root = join(folder, name);
  mkdirSync(root);
  writeFileSync(join(root, "package.json"), '{"private":true}');
  execFileSync("npm", ["install", "--no-audit", "--no-fund", ...flags, tarball], { cwd: root, stdio: "ignore" });
  return root;
}

/** Runs the installed command as a person would, with this Node first in PATH. */
function run(root: string, node: string, ...args: readonly string[]) {
  return spawnSync(node, [join(root, "node_modules/weighbridge/bin/weighbridge.js"), ...args], {
    cwd: root,
    encoding: "utf8",
    env: {
      ...process.env,
      CI: "true",
      WEIGHBRIDGE_DATA: join(root, "data"),
      XDG_STATE_HOME: join(root, "state"),
      XDG_CACHE_HOME: join(root, "cache"),
    },
  });
}

/** The Node that came with the machine, where it is older than 24; vitest itself runs under the npm dependency's. */
function machineNode(): string {
  const path = (process.env.PATH ?? "").split(":").filter((entry) => !entry.includes("node_modules"));
  return execFileSync("sh", ["-c", "command -v node"], { encoding: "utf8", env: { ...process.env, PATH: path.join(":") } }).trim();
}

describe("the packed tarball, installed in an empty folder", () => {
  it("scans through its worker, admits and verifies, under whatever Node the machine has", () => {
    const root = install("plain");
    const node = machineNode();
    const scan = run(root, node, "scan", "--json", join(EXAMPLES, "clean-heron"), join(EXAMPLES, "trapped-falcon"));
    expect(scan.stderr).toBe("");
    expect(
      scan.stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).verdict),
    ).toEqual(["pass", "block"]);
    expect(run(root, node, "admit", join(EXAMPLES, "clean-heron")).status).toBe(0);
    expect(run(root, node, "verify", join(EXAMPLES, "clean-heron")).status).toBe(0);
    expect(run(root, node, "policy", "test")).toMatchObject({ status: 0, stderr: "" });
    expect(run(root, node, "start").status).toBe(0);
  });

  it("scans under Node 24 when npm was told to ignore install scripts", () => {
    const root = install("without-scripts", "--ignore-scripts");
    expect(run(root, process.execPath, "scan", join(EXAMPLES, "clean-heron")).status).toBe(0);
  });

  it("is a library, and its verifier needs nothing but node:crypto", () => {
    const root = install("library");
    const script = join(root, "use.mjs");
    writeFileSync(
      script,
      'import { ArtifactExaminer, verdictOf } from "weighbridge"; import { verifyTicket } from "weighbridge/verify"; console.log(typeof ArtifactExaminer, typeof verdictOf, typeof verifyTicket);',
    );
    expect(execFileSync(process.execPath, [script], { encoding: "utf8" })).toBe("function function function\n");
  });

  it("holds no tests, no fixtures and no source", () => {
    const files = execFileSync("tar", ["tzf", tarball], { encoding: "utf8" }).trim().split("\n");
    expect(files.filter((file) => /\.test\.|fixtures|\/src\/|\/test\//.test(file))).toEqual([]);
    expect(files.filter((file) => file.startsWith("package/dist/") && file.endsWith(".cedar")).length).toBeGreaterThan(3);
    expect(dirname(files[0] ?? "")).toMatch(/^package/);
  });
});
