import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
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

let installed: string | undefined;

/** One installation for all that only imports. */
function library(): string {
  installed ??= install("library");
  return installed;
}

/** What a checkout has after `npm ci && npm run build`, as far as a program in it can tell. */
function checkout(): string {
  const root = join(folder, "checkout");
  mkdirSync(root);
  for (const name of ["package.json", "dist", "node_modules"]) symlinkSync(join(ROOT, name), join(root, name));
  return root;
}

/** Runs a module in the folder that the package is installed in. */
function runModule(root: string, node: string, source: string) {
  const script = join(root, "use.mjs");
  writeFileSync(script, source);
  return spawnSync(node, [script], { cwd: root, encoding: "utf8" });
}

const LAUNCHER = "node_modules/weighbridge/bin/weighbridge.js";

function environment(root: string): NodeJS.ProcessEnv {
  const places = { WEIGHBRIDGE_DATA: join(root, "data"), XDG_STATE_HOME: join(root, "state"), XDG_CACHE_HOME: join(root, "cache") };
  return { ...process.env, CI: "true", ...places };
}

/** Runs the installed command as a person would, with this Node first in PATH. */
function run(root: string, node: string, ...args: readonly string[]) {
  return spawnSync(node, [join(root, LAUNCHER), ...args], { cwd: root, encoding: "utf8", env: environment(root) });
}

/** Runs `start` until it serves, opens the console, and ends it. Yields the console's status and the exit code. */
async function startAndStop(root: string, node: string) {
  const child = spawn(node, [join(root, LAUNCHER), "start", "--port", "0", "--gateway-port", "0"], { cwd: root, env: environment(root) });
  const exit = once(child, "exit");
  let address = "";
  for await (const line of createInterface(child.stdout)) {
    address = /^Console {2}(\S+)$/.exec(line)?.[1] ?? address;
    if (line === "Ctrl-C ends it.") break;
  }
  const { status } = await fetch(address);
  child.kill("SIGTERM");
  return { status, code: (await exit)[0] };
}

/** The Node that came with the machine, where it is older than 24; vitest itself runs under the npm dependency's. */
function machineNode(): string {
  const path = (process.env.PATH ?? "").split(":").filter((entry) => !entry.includes("node_modules"));
  return execFileSync("sh", ["-c", "command -v node"], { encoding: "utf8", env: { ...process.env, PATH: path.join(":") } }).trim();
}

const MACHINE_NODE = machineNode();
const MACHINE_VERSION = execFileSync(MACHINE_NODE, ["--version"], { encoding: "utf8" }).trim();
const IS_OLD = Number(/^v(\d+)/.exec(MACHINE_VERSION)?.[1]) < 24;

describe("the packed tarball, installed in an empty folder", () => {
  it("scans through its worker, admits, verifies and serves, under whatever Node the machine has", async () => {
    const root = install("plain");
    const node = MACHINE_NODE;
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
    expect(await startAndStop(root, node)).toEqual({ status: 200, code: 0 });
  });

  it("remembers complete examinations for scan, and admits nothing from memory", () => {
    const root = install("remembering");
    const model = join(EXAMPLES, "clean-heron");
    const scanned = (...args: readonly string[]) => JSON.parse(run(root, process.execPath, "scan", "--json", model, ...args).stdout);
    expect(scanned().verdict).toBe("pass");
    const folder = join(root, "cache/weighbridge/examined");
    const [kept = ""] = globSync("*/*.json", { cwd: folder });
    const planted = { rule: "planted", severity: "high", where: { path: "x" }, title: "", explanation: "", proof: null, references: [] };
    const reports = JSON.parse(readFileSync(join(folder, kept), "utf8"));
    writeFileSync(join(folder, kept), JSON.stringify([{ ...reports[0], findings: [planted] }, ...reports.slice(1)]));
    expect(scanned().verdict).toBe("block");
    expect(scanned("--no-cache").verdict).toBe("pass");
    expect(run(root, process.execPath, "admit", model).status).toBe(0);
  });

  it("scans under Node 24 when npm was told to ignore install scripts", () => {
    const root = install("without-scripts", "--ignore-scripts");
    expect(run(root, process.execPath, "scan", join(EXAMPLES, "clean-heron")).status).toBe(0);
  });

  it("is a library, and its verifier needs nothing but node:crypto", () => {
    const source = `
      import { ArtifactExaminer, verdictOf } from "weighbridge";
      import { verifyTicket } from "weighbridge/verify";
      const examiner = new ArtifactExaminer();
      const { findings, coverage } = await examiner.examine(${JSON.stringify(join(EXAMPLES, "clean-heron"))});
      await examiner.close();
      console.log(verdictOf(findings, coverage), typeof verifyTicket);
    `;
    expect(runModule(library(), process.execPath, source)).toMatchObject({ stdout: "pass function\n", stderr: "" });
  });

  it.each([
    ["an installation", library],
    ["a checkout that was built", checkout],
  ])("runs the first program of docs/how-to/library.md in %s", (_, rootOf) => {
    const [, program = ""] = /^```js\n([\s\S]*?)^```$/m.exec(readFileSync(join(ROOT, "docs/how-to/library.md"), "utf8")) ?? [];
    const root = rootOf();
    cpSync(EXAMPLES, join(root, "examples"), { recursive: true });
    cpSync(join(EXAMPLES, "clean-heron"), join(root, "some-model"), { recursive: true });
    const { stdout, stderr } = runModule(root, process.execPath, program);
    expect([stdout, stderr]).toEqual([expect.stringMatching(/^pass sha256:511986a11df8.*\nblock sha256:6b4bb6bff1dc/), ""]);
  });

  it.skipIf(!IS_OLD)(`is refused as a library by one line under an older Node (needs one in PATH; ${MACHINE_VERSION} is there)`, () => {
    const { stdout } = runModule(library(), MACHINE_NODE, 'await import("weighbridge").catch(({ code, message }) => console.log(code, message));');
    expect(stdout).toBe(`WB_NODE_TOO_OLD weighbridge needs Node 24 or newer as a library; this is ${MACHINE_VERSION}\n`);
  });

  it("verifies tickets as a library under whatever Node the machine has", () => {
    const vectors = resolve(ROOT, "test/vectors/ticket");
    const source = `
      import { readFileSync } from "node:fs";
      import { parseTrust, verifyTicket } from "weighbridge/verify";
      const read = (name) => readFileSync(${JSON.stringify(vectors)} + "/" + name);
      const trust = parseTrust(read("trust.json")).value;
      console.log(verifyTicket(read("ticket.json"), trust).kind, verifyTicket(read("not-a-ticket-hold.json"), trust).why);
    `;
    expect(runModule(library(), MACHINE_NODE, source)).toMatchObject({ stdout: "authentic no-admission\n", stderr: "" });
  });

  it("holds no tests, no fixtures and no source", () => {
    const files = execFileSync("tar", ["tzf", tarball], { encoding: "utf8" }).trim().split("\n");
    expect(files.filter((file) => /\.test\.|fixtures|\/src\/|\/test\//.test(file))).toEqual([]);
    expect(files.filter((file) => file.startsWith("package/dist/") && file.endsWith(".cedar")).length).toBeGreaterThan(3);
    expect(dirname(files[0] ?? "")).toMatch(/^package/);
  });
});
