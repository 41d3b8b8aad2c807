import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { ConfigurationError } from "./errors.ts";
import { type Configuration, loadConfiguration } from "./load.ts";
import { SETTINGS } from "./settings.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const PAGE = read("docs/how-to/configure.md");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "recipes-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A recipe as it is, beside files with the names that it has. */
function load(text: string): Configuration {
  const path = join(folder, "config.yaml");
  writeFileSync(path, text);
  const document = parseDocument(text);
  for (const { isPath, path: setting } of SETTINGS) {
    const name = isPath ? document.getIn(setting) : undefined;
    if (typeof name !== "string") continue;
    mkdirSync(dirname(resolve(folder, name)), { recursive: true });
    writeFileSync(resolve(folder, name), "PEM", { mode: 0o600 });
  }
  return loadConfiguration({ file: { path, required: true }, env: {}, flags: {} });
}

const recipes = [...PAGE.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => text).filter((text) => !text.startsWith("scrape_configs"));

it.each(recipes)("a recipe of docs/how-to/configure.md is a configuration: %j", (text) => {
  expect(load(text).file).toBe(join(folder, "config.yaml"));
});

it("there are recipes", () => {
  expect(recipes.length).toBeGreaterThanOrEqual(5);
});

it("the mistakes that docs/how-to/configure.md shows are what is said of the file above them", () => {
  const [, text = "", shown = ""] = /```yml\n([\s\S]*?)```[\s\S]*?```log\n([\s\S]*?)```/.exec(PAGE) ?? [];
  try {
    load(text);
    expect.unreachable();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    expect(`${error.message.replaceAll(`${folder}/`, "")}.\n`).toBe(shown);
  }
});

it("the configuration of the container is one, and compose.yaml gives it the files that it names and the time that it takes to end", () => {
  const text = read("deploy/container.config.yaml");
  const compose = parseDocument(read("deploy/compose.yaml"), { strict: true });
  expect([...compose.errors, ...compose.warnings]).toEqual([]);
  const { tls, server, gateway, timeouts } = load(text.replaceAll("/run/secrets/", "secrets/"));
  const service = compose.toJS().services.weighbridge;
  expect([tls?.certificate, tls?.key]).toEqual(service.secrets.map((name: string) => join(folder, "secrets", name)));
  expect(service.ports).toEqual([server, gateway].map(({ port }) => `${port}:${port}`));
  expect(timeouts.drainMs).toBeLessThan(Number.parseInt(service.stop_grace_period, 10) * 1000);
  expect(service.volumes).toContain("./container.config.yaml:/etc/weighbridge/config.yaml:ro");
});

it("the service sets variables that are settings", () => {
  const unit = read("deploy/weighbridge.service");
  const named = [...unit.matchAll(/\b(WEIGHBRIDGE_[A-Z_]+)=/g)].map(([, name]) => name);
  const known = ["WEIGHBRIDGE_DATA", ...SETTINGS.map(({ variable }) => variable)];
  expect(named.filter((name) => !known.includes(name ?? ""))).toEqual([]);
  expect(named).toHaveLength(4);
});
