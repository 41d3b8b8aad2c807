import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { fc, test } from "@fast-check/vitest";
import { afterEach, beforeEach, expect, it } from "vitest";
import { stringify } from "yaml";
import { ConfigurationError } from "./errors.ts";
import { type Configuration, loadConfiguration } from "./load.ts";
import { ConfigurationSchema } from "./schema.ts";
import { SECTIONS, SETTINGS, type Setting } from "./settings.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "configuration-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Env = Readonly<Record<string, string>>;

function load(text: string, env: Env = {}, flags: Readonly<Record<string, unknown>> = {}): Configuration {
  const path = join(folder, "config.yaml");
  writeFileSync(path, text);
  return loadConfiguration({ file: { path, required: true }, env, flags });
}

const FILE = "server: { port: 1001 }\n";
const ENV = { WEIGHBRIDGE_SERVER_PORT: "1002" };
const FLAGS = { port: "1003" };

it.each<readonly [string, string, Env, Readonly<Record<string, unknown>>, number]>([
  ["nobody: the default", "", {}, {}, 8787],
  ["the file", FILE, {}, {}, 1001],
  ["the environment", "", ENV, {}, 1002],
  ["a flag", "", {}, FLAGS, 1003],
  ["file and environment: the environment", FILE, ENV, {}, 1002],
  ["file and flag: the flag", FILE, {}, FLAGS, 1003],
  ["environment and flag: the flag", "", ENV, FLAGS, 1003],
  ["all three: the flag", FILE, ENV, FLAGS, 1003],
  ["the file, as an empty variable says nothing", FILE, { WEIGHBRIDGE_SERVER_PORT: "" }, {}, 1001],
  ["the file, as options that are no flags of settings say nothing", FILE, {}, { data: "/d", json: true, serverPort: "7" }, 1001],
])("who says what the port is: %s", (_, text, env, flags, port) => {
  expect(load(text, env, flags).server.port).toBe(port);
});

it("precedence is by setting: what a variable leaves unsaid in a section, the file says", () => {
  const text = "oidc: { issuer: https://a.example.org, clientId: weighbridge }\n";
  expect(load(text, { WEIGHBRIDGE_OIDC_ISSUER: "https://b.example.org/realm" }).oidc).toEqual({
    issuer: "https://b.example.org/realm",
    clientId: "weighbridge",
    clientSecretFile: null,
    clientSecret: null,
    scopes: ["openid", "profile", "email"],
    roles: { claim: "groups", map: {} },
  });
});

it("a variable can make a section that the file does not have", () => {
  const env = { WEIGHBRIDGE_OIDC_ISSUER: "https://id.example.org", WEIGHBRIDGE_OIDC_CLIENT_ID: "weighbridge" };
  expect(load("oidc:\n", env).oidc).toMatchObject({ issuer: "https://id.example.org", clientId: "weighbridge" });
});

it.each<readonly [variable: string, text: string, get: (configuration: Configuration) => unknown, value: unknown]>([
  ["WEIGHBRIDGE_GATEWAY_MAX_BODY_BYTES", "1024", ({ gateway }) => gateway.maxBodyBytes, 1024],
  ["WEIGHBRIDGE_GATEWAY_REQUESTS_PER_MINUTE", "none", ({ gateway }) => gateway.requestsPerMinute, null],
  ["WEIGHBRIDGE_TELEMETRY_PROMETHEUS", "false", ({ telemetry }) => telemetry.prometheus, false],
  ["WEIGHBRIDGE_TRUSTED_PROXIES", "10.0.0.0/8, fd00::/8", ({ trustedProxies }) => trustedProxies, ["10.0.0.0/8", "fd00::/8"]],
  ["WEIGHBRIDGE_LOG_LEVEL", "warn", ({ log }) => log.level, "warn"],
])("a variable is read as what its setting takes: %s=%s", (variable, text, get, value) => {
  expect(get(load("", { [variable]: text }))).toEqual(value);
});

it("a section of which every line is a comment sets nothing", () => {
  expect(load("server:\n  # port: 1\ngateway:\n  tokensPerDay:\n")).toEqual({ ...load(""), file: join(folder, "config.yaml") });
});

it("one role of a group need not be in a list", () => {
  const { oidc } = load("oidc: { issuer: https://x.org, clientId: w, roles: { map: { staff: viewer, 12: [admin, operator] } } }\n");
  expect(oidc?.roles.map).toEqual({ staff: ["viewer"], "12": ["admin", "operator"] });
});

it("a relative path in the file is relative to the file, one in a variable to the current folder", () => {
  for (const name of ["c.pem", "k.pem", "secret"]) writeFileSync(join(folder, name), "x\n", { mode: 0o600 });
  const text = "tls: { certificate: c.pem, key: ./k.pem }\noidc: { issuer: https://x.org, clientId: w, clientSecretFile: secret }\n";
  const { tls, oidc } = load(text);
  expect(tls).toEqual({ certificate: join(folder, "c.pem"), key: join(folder, "k.pem") });
  expect(oidc?.clientSecretFile).toBe(join(folder, "secret"));
  expect(() => load(text, { WEIGHBRIDGE_TLS_KEY: "k.pem" })).toThrow("WEIGHBRIDGE_TLS_KEY: the file that tls.key names does not exist");
});

it("the client secret comes from its file or from its variable, which counts more, and is shown nowhere", () => {
  writeFileSync(join(folder, "secret"), "from file\n", { mode: 0o600 });
  const text = "oidc: { issuer: https://x.org, clientId: w, clientSecretFile: secret }\n";
  expect(load(text).oidc?.clientSecret?.reveal()).toBe("from file");
  const configuration = load(text, { WEIGHBRIDGE_OIDC_CLIENT_SECRET: "hunter2" });
  expect(configuration.oidc?.clientSecret?.reveal()).toBe("hunter2");
  const shown = [JSON.stringify(configuration), inspect(configuration, { depth: 9 }), `${configuration.oidc?.clientSecret}`];
  for (const place of shown) expect(place).toContain("[secret]");
  for (const place of shown) expect(place).not.toContain("hunter2");
});

/** A file in which one setting has one value. Optional sections get what else they need. */
function fileWith({ path }: Pick<Setting, "path">, value: unknown): string {
  for (const name of ["c.pem", "k.pem"]) writeFileSync(join(folder, name), "x", { mode: 0o600 });
  const needed: Readonly<Record<string, object>> = {
    tls: { certificate: "c.pem", key: "k.pem" },
    oidc: { issuer: "https://id.example.org", clientId: "weighbridge" },
  };
  const [section = ""] = path;
  return stringify(nested(path, value, section in needed ? { [section]: needed[section] } : {}));
}

function nested([name, ...rest]: readonly string[], value: unknown, into: object): unknown {
  return name === undefined ? value : { ...into, [name]: nested(rest, value, Reflect.get(into, name) ?? {}) };
}

it.each(SETTINGS.filter((setting) => setting.default !== undefined))(
  "the default of $name is a value that it takes, and changes nothing",
  (setting) => {
    const without = load(
      setting.path[0] === "oidc" ? fileWith({ path: ["oidc"] }, { issuer: "https://id.example.org", clientId: "weighbridge" }) : "",
    );
    expect(load(fileWith(setting, setting.default))).toEqual(without);
  },
);

const somewhere = fc.constantFrom<readonly string[]>([], ...SECTIONS.map(({ path }) => path));
const words = SETTINGS.flatMap(({ path }) => path);
const unknownName = fc
  .oneof(fc.string({ minLength: 1 }), fc.constantFrom("__proto__", "constructor", "toString", "Host", "port ", "0"))
  .filter((name) => !words.includes(name));

test.prop([somewhere, unknownName, fc.jsonValue()])("a name that is no setting is refused in every section", (section, name, value) => {
  const stranger = Object.defineProperty({}, name, { value, enumerable: true });
  const refused = problemsOf(JSON.stringify(nested(section, stranger, {}))).filter(({ code }) => code === "WB_CONFIG_UNKNOWN");
  expect(refused.map(({ message }) => message)).toEqual([expect.stringMatching(/^there is no setting /)]);
});

function problemsOf(text: string, env: Env = {}) {
  try {
    load(text, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

test.prop([fc.string({ unit: "binary" })])("whatever stands in the file, it is a configuration or mistakes with line and column", (text) => {
  for (const { where } of problemsOf(text)) expect(where).toMatch(/config\.yaml:\d+:\d+$/);
});

const leaf = fc.constantFrom(...SETTINGS.filter(({ kind }) => kind !== "map"));

test.prop([leaf, fc.stringMatching(/^[!-~]{12,40}$/)])("no mistake repeats the text that was given", (setting, text) => {
  for (const said of [problemsOf(fileWith(setting, text)), problemsOf("", { [setting.variable ?? ""]: text })])
    for (const { message, hint, where } of said) expect([message, hint, where].join()).not.toContain(text);
});

it("every setting has a variable of its own, and every flag is of one setting", () => {
  const variables = SETTINGS.flatMap(({ variable }) => variable ?? []);
  expect(new Set(variables).size).toBe(variables.length);
  expect(SETTINGS.flatMap(({ flag }) => flag ?? [])).toEqual(["host", "port", "public-url", "gateway-host", "gateway-port", "log-level"]);
  expect(SETTINGS.filter(({ kind }) => kind === "map").map(({ name }) => name)).toEqual(["oidc.roles.map"]);
});

it("every setting and section says what it means", () => {
  expect(SETTINGS.filter(({ description, form }) => !description.endsWith(".") || form === "").map(({ name }) => name)).toEqual([]);
  expect(SECTIONS.filter(({ description }) => !description.endsWith(".")).map(({ path }) => path)).toEqual([]);
});

it("the schema takes nothing at all, and then has its defaults", () => {
  expect(ConfigurationSchema.parse({})).toMatchObject({ server: { host: "127.0.0.1", port: 8787 }, gateway: { host: "127.0.0.1", port: 8788 } });
});
