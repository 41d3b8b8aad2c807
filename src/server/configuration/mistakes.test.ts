import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ConfigurationError } from "./errors.ts";
import { loadConfiguration } from "./load.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "configuration-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Said {
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: Readonly<Record<string, unknown>>;
}

/** What is said of a file `config.yaml` with this text, as `where: message. hint [code]`. */
function mistakesIn(text: string | Uint8Array, { env = {}, flags = {} }: Said = {}): readonly string[] {
  const path = join(folder, "config.yaml");
  writeFileSync(path, text);
  try {
    loadConfiguration({ file: { path, required: true }, env, flags });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map(({ where, message, hint, code }) => `${where.replace(`${folder}/`, "")}: ${message}. ${hint} [${code}]`);
  }
}

const NOT_YAML =
  "Write `name: value`, a line each, indented by two spaces below its section, and in quotes what holds a colon or begins with a special character.";
const OIDC = "oidc: { issuer: https://id.example.org, clientId: weighbridge";

it.each<readonly [what: string, text: string, mistake: string]>([
  [
    "a setting that there is not",
    "server:\n  prot: 8787\n",
    "config.yaml:2:3: there is no setting server.prot. server takes host, port, publicUrl, allowedHosts. [WB_CONFIG_UNKNOWN]",
  ],
  [
    "a section that there is not",
    "jobs: { perPrincipal: 2 }\nsever:\n  port: 1\n",
    "config.yaml:2:1: there is no setting sever. The configuration takes server, gateway, tls, oidc, sessions, uploads, jobs, timeouts, audit, log, telemetry, trustedProxies. [WB_CONFIG_UNKNOWN]",
  ],
  [
    "a setting two sections deep",
    "gateway:\n  tokensPerDay:\n    perUser: 5\n",
    "config.yaml:3:5: there is no setting gateway.tokensPerDay.perUser. gateway.tokensPerDay takes perPrincipal, installation. [WB_CONFIG_UNKNOWN]",
  ],
  [
    "a name that programs treat in a way of their own",
    "server:\n  __proto__: { port: 1 }\n",
    "config.yaml:2:3: there is no setting server.__proto__. server takes host, port, publicUrl, allowedHosts. [WB_CONFIG_UNKNOWN]",
  ],
  [
    "a name that would act on a terminal",
    '"\\e[2Jx": 1\n',
    "config.yaml:1:1: there is no setting \\u{1b}[2Jx. The configuration takes server, gateway, tls, oidc, sessions, uploads, jobs, timeouts, audit, log, telemetry, trustedProxies. [WB_CONFIG_UNKNOWN]",
  ],
  [
    "text for a number",
    "server:\n  port: eighty\n",
    "config.yaml:2:9: server.port must be a whole number from 0 to 65535, not text. Port of console and API. 0 takes one that is free. [WB_CONFIG_INVALID]",
  ],
  [
    "a number out of bounds",
    "gateway: { port: 65536 }\n",
    "config.yaml:1:18: gateway.port must be a whole number from 0 to 65535, not 65536. Port of the gateway. 0 takes one that is free. [WB_CONFIG_INVALID]",
  ],
  [
    "a number that is not whole",
    "jobs:\n  perPrincipal: 1.5\n",
    "config.yaml:2:17: jobs.perPrincipal must be a whole number from 1 to 1000, not 1.5. Examinations of one principal that wait or run. [WB_CONFIG_INVALID]",
  ],
  [
    "text for a truth value",
    "telemetry:\n  prometheus: yes\n",
    "config.yaml:2:15: telemetry.prometheus must be true or false, not text. Serve metrics at `/metrics`. [WB_CONFIG_INVALID]",
  ],
  [
    "a word that is not among those to choose from",
    "log:\n  level: loud\n",
    "config.yaml:2:10: log.level must be one of trace, debug, info, warn, error, fatal, silent. What the server writes to stderr. The audit log is another thing, and whole at any level. [WB_CONFIG_INVALID]",
  ],
  [
    "nothing for what cannot be nothing",
    "server:\n  port:\n",
    "config.yaml:2:8: server.port must be a whole number from 0 to 65535, not nothing. Port of console and API. 0 takes one that is free. [WB_CONFIG_INVALID]",
  ],
  [
    "a value for a section",
    "server: 8787\n",
    "config.yaml:1:9: server must be a map of settings, not 8787. It takes host, port, publicUrl, allowedHosts. [WB_CONFIG_INVALID]",
  ],
  [
    "a list for all settings",
    "- server\n",
    "config.yaml:1:1: the configuration must be a map of settings, not a list. It takes server, gateway, tls, oidc, sessions, uploads, jobs, timeouts, audit, log, telemetry, trustedProxies. [WB_CONFIG_INVALID]",
  ],
  [
    "a host name to listen on",
    "server:\n  host: example.org\n",
    "config.yaml:2:9: server.host must be an IP address, or localhost. Where console and API listen. [WB_CONFIG_INVALID]",
  ],
  [
    "one bad item of a list",
    "trustedProxies:\n  - 10.0.0.0/8\n  - 10.0.0.0/33\n",
    "config.yaml:3:5: item 2 of trustedProxies must be an IP address, or a network such as 10.0.0.0/8. Whose `X-Forwarded-For`, `-Host` and `-Proto` are believed. Of nobody else's connection they are read. [WB_CONFIG_INVALID]",
  ],
  [
    "a network that holds every address",
    "trustedProxies: [0.0.0.0/0]\n",
    "config.yaml:1:18: item 1 of trustedProxies must be an IP address, or a network such as 10.0.0.0/8. Whose `X-Forwarded-For`, `-Host` and `-Proto` are believed. Of nobody else's connection they are read. [WB_CONFIG_INVALID]",
  ],
  [
    "a role that there is not",
    `${OIDC}, roles: { map: { staff: [viewer, root] } } }\n`,
    "config.yaml:1:96: oidc.roles.map.staff must be one of viewer, operator, approver, admin, or a list of them. Which roles (viewer, operator, approver, admin) a value of the claim gives. Whoever has none of these values may do nothing. [WB_CONFIG_INVALID]",
  ],
  [
    "a missing setting",
    "tls:\n  certificate: c.pem\n",
    "config.yaml:1:1: tls.key is missing. Private key of the certificate, PEM. For its owner alone, or its owner's group. [WB_CONFIG_INVALID]",
  ],
  [
    "plain http to an identity provider",
    "oidc:\n  clientId: weighbridge\n  issuer: http://id.example.org\n",
    "config.yaml:3:11: oidc.issuer must be an https:// address without user, password, query and fragment (http:// on loopback alone). The identity provider, as its discovery document writes it. [WB_CONFIG_INVALID]",
  ],
  [
    "scopes that sign nobody in",
    `${OIDC}, scopes: [email] }\n`,
    "config.yaml:1:72: oidc.scopes must be a list of scopes with openid among them. What the provider is asked for. [WB_CONFIG_INVALID]",
  ],
  [
    "a second value of one setting",
    "log: { level: info }\nlog: { level: warn }\n",
    "config.yaml:2:1: this setting stands twice in its section. Keep one of the two. [WB_CONFIG_SYNTAX]",
  ],
  ["a tab", "server:\n\tport: 1\n", "config.yaml:2:1: a tab cannot indent. Indent with spaces. [WB_CONFIG_SYNTAX]"],
  [
    "two colons",
    "oidc:\n  issuer: a: b\n",
    "config.yaml:2:11: a second colon in one line. Put the value in quotes, or begin a new line. [WB_CONFIG_SYNTAX]",
  ],
  ["a second document", "log:\n---\nlog:\n", "config.yaml:2:1: a second document begins here. Keep one; leave out `---`. [WB_CONFIG_SYNTAX]"],
  ["a name that is no text", "? [a]\n: 1\n", "config.yaml:1:3: the name of a setting is text. Write `name: value`. [WB_CONFIG_SYNTAX]"],
  ["a tag", "log: !!js/function 1\n", "config.yaml:1:6: settings take no tags. Write the value without `!`. [WB_CONFIG_SYNTAX]"],
  [
    "an open quote",
    "log:\n  level: 'info\n",
    "config.yaml:3:1: something is missing before this: a quote, a bracket, or a colon and a value. Close what was opened, and write each setting as `name: value`. [WB_CONFIG_SYNTAX]",
  ],
  ["what is no YAML", "log: [\n", `config.yaml:2:1: this cannot be read as YAML. ${NOT_YAML} [WB_CONFIG_SYNTAX]`],
])("says where and what of %s", (_, text, mistake) => {
  expect(mistakesIn(text)).toEqual([mistake]);
});

it("an alias is refused where it stands", () => {
  expect(mistakesIn("server: &all { port: 1 }\ngateway: *all\n")[0]).toBe(
    "config.yaml:2:10: settings take no aliases. Write the value out. [WB_CONFIG_SYNTAX]",
  );
});

it("a mistake in a variable names the variable, one in a flag the flag", () => {
  expect(mistakesIn("", { env: { WEIGHBRIDGE_GATEWAY_PORT: "many" }, flags: { port: "-1" } })).toEqual([
    "--port: server.port must be a whole number from 0 to 65535, not -1. Port of console and API. 0 takes one that is free. [WB_CONFIG_INVALID]",
    "WEIGHBRIDGE_GATEWAY_PORT: gateway.port must be a whole number from 0 to 65535, not text. Port of the gateway. 0 takes one that is free. [WB_CONFIG_INVALID]",
  ]);
});

it("a misspelt variable is a mistake, and its value is not repeated", () => {
  expect(mistakesIn("", { env: { WEIGHBRIDGE_GATEWAY_TOKENS_PERDAY: "hunter2" } })).toEqual([
    "WEIGHBRIDGE_GATEWAY_TOKENS_PERDAY: no setting has this variable. docs/reference/configuration.md lists those that there are. [WB_CONFIG_UNKNOWN]",
  ]);
});

it("variables that Kubernetes sets beside a service of this name are none of ours", () => {
  const address = { WEIGHBRIDGE_PORT_8787_TCP_ADDR: "10.0.0.9", WEIGHBRIDGE_PORT_8787_TCP: "tcp://10.0.0.9:8787" };
  const port = { WEIGHBRIDGE_PORT: "tcp://10.0.0.9:8787", WEIGHBRIDGE_SERVICE_HOST: "10.0.0.9", WEIGHBRIDGE_SERVICE_PORT_API: "8787" };
  expect(mistakesIn("", { env: { ...address, ...port } })).toEqual([]);
  expect(mistakesIn("", { env: { WEIGHBRIDGE_SEVER_PORT: "8787" } })).toHaveLength(1);
});

it("all mistakes are told at once, in the order of the file, then of variables and flags", () => {
  const text = "trustedProxies: nobody\nserver:\n  port: x\n  prot: 1\n";
  expect(mistakesIn(text, { env: { WEIGHBRIDGE_X: "1" } }).map((line) => line.split(": ")[0])).toEqual([
    "config.yaml:1:17",
    "config.yaml:3:9",
    "config.yaml:4:3",
    "WEIGHBRIDGE_X",
  ]);
});

it("the error itself shows the first five, a line each, and counts the rest", () => {
  const path = join(folder, "config.yaml");
  writeFileSync(path, "a: 1\nb: 1\nc: 1\nd: 1\ne: 1\nf: 1\ng: 1\n");
  try {
    loadConfiguration({ file: { path, required: true }, env: {}, flags: {} });
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({
      code: "WB_CONFIG_UNKNOWN",
      hint: "Correct them, then start again. docs/reference/configuration.md lists every setting.",
    });
    const lines = String(error).split("\n");
    expect(lines[0]).toBe("ConfigurationError: 7 mistakes in the configuration:");
    expect(lines[1]).toContain("config.yaml:1:1: there is no setting a. ");
    expect(lines[5]).toContain("config.yaml:5:1: there is no setting e. ");
    expect(lines.slice(6)).toEqual(["  and 2 more"]);
  }
});

it.each<readonly [what: string, text: string, mistake: string]>([
  [
    "server.host",
    "server:\n  host: 0.0.0.0\n  publicUrl: https://weighbridge.example.org\n",
    "config.yaml:2:9: server.host is 0.0.0.0, which others can reach, and what they send would not be encrypted. Set tls.certificate and tls.key, or name the proxy that speaks TLS in trustedProxies, or listen on 127.0.0.1. [WB_CONFIG_INSECURE_LISTEN]",
  ],
  [
    "gateway.host",
    'gateway:\n  host: "::"\n  allowedHosts: [models.example.org]\n',
    "config.yaml:2:9: gateway.host is ::, which others can reach, and what they send would not be encrypted. Set tls.certificate and tls.key, or name the proxy that speaks TLS in trustedProxies, or listen on 127.0.0.1. [WB_CONFIG_INSECURE_LISTEN]",
  ],
])("%s that others can reach needs TLS, or a proxy that has it", (_, text, mistake) => {
  expect(mistakesIn(text)).toEqual([mistake]);
  expect(mistakesIn(`${text}trustedProxies: [10.1.2.3]\n`)).toEqual([]);
});

it.each(["127.0.0.1", "127.8.8.8", '"::1"', "localhost"])("%s needs neither", (host) => {
  expect(mistakesIn(`server: { host: ${host} }\n`)).toEqual([]);
});

it.each<readonly [what: string, text: string, mistake: string]>([
  [
    "no public address where others come",
    "trustedProxies: [10.1.2.3]\nserver: { host: 10.1.2.4 }\n",
    "config.yaml:2:17: others can reach server.host, and server.publicUrl is not set. Set server.publicUrl to what people type to reach the console: requests for any other host are refused. [WB_CONFIG_CONFLICT]",
  ],
  [
    "no name for a gateway that others can reach",
    "trustedProxies: [10.1.2.3]\ngateway: { host: 10.1.2.4 }\n",
    "config.yaml:2:18: others can reach gateway.host, and no name is set under which they may ask it. Set gateway.allowedHosts, or server.publicUrl where both have one name: requests for any other host are refused. [WB_CONFIG_CONFLICT]",
  ],
  [
    "one port for two servers",
    "gateway: { port: 8787 }\n",
    "config.yaml:1:18: server.port and gateway.port are both 8787. Give them different ports. [WB_CONFIG_CONFLICT]",
  ],
  [
    "a session that would end before it is idle",
    "sessions:\n  absoluteMinutes: 20\n",
    "config.yaml:2:20: sessions.idleMinutes is 30, more than sessions.absoluteMinutes, which is 20. Lower the first, or raise the second. [WB_CONFIG_CONFLICT]",
  ],
  [
    "one principal's uploads over those of all",
    "uploads: { perPrincipalBytes: 200, maxBytes: 100 }\n",
    "config.yaml:1:31: uploads.perPrincipalBytes is 200, more than uploads.maxBytes, which is 100. Lower the first, or raise the second. [WB_CONFIG_CONFLICT]",
  ],
  [
    "one principal's tokens over those of all",
    "gateway:\n  tokensPerDay: { perPrincipal: 20, installation: 10 }\n",
    "config.yaml:2:33: gateway.tokensPerDay.perPrincipal is 20, more than gateway.tokensPerDay.installation, which is 10. Lower the first, or raise the second. [WB_CONFIG_CONFLICT]",
  ],
])("settings that do not fit together: %s", (_, text, mistake) => {
  expect(mistakesIn(text)).toEqual([mistake]);
});

it("a public address without TLS does not go with TLS", () => {
  for (const name of ["c.pem", "k.pem"]) writeFileSync(join(folder, name), "PEM", { mode: 0o600 });
  expect(mistakesIn("tls: { certificate: c.pem, key: k.pem }\nserver: { publicUrl: http://localhost:8787 }\n")).toEqual([
    "config.yaml:2:22: server.publicUrl begins with http:, and tls is set. Begin it with https:, as that is what the server speaks. [WB_CONFIG_CONFLICT]",
  ]);
});

it("files that settings name are looked for when the configuration is read, and a secret is open to nobody else", () => {
  mkdirSync(join(folder, "key.pem"));
  writeFileSync(join(folder, "secret"), "hunter2\n");
  chmodSync(join(folder, "secret"), 0o644);
  const text = `tls:\n  certificate: hunter2.pem\n  key: key.pem\n${OIDC}, clientSecretFile: secret }\n`;
  expect(mistakesIn(text)).toEqual([
    "config.yaml:2:16: the file that tls.certificate names does not exist. Give the path of a file that this user can read. [WB_CONFIG_NAMED_FILE]",
    "config.yaml:3:8: the file that tls.key names is not a file. Give the path of a file that this user can read. [WB_CONFIG_NAMED_FILE]",
    "config.yaml:4:82: the file that oidc.clientSecretFile names is open to every user. chmod 600 it. [WB_CONFIG_SECRET]",
  ]);
  writeFileSync(join(folder, "secret"), "\n");
  chmodSync(join(folder, "secret"), 0o600);
  expect(mistakesIn(`${OIDC}, clientSecretFile: secret }\n`)).toEqual([
    "config.yaml:1:82: the file that oidc.clientSecretFile names is empty. Write the secret into it. [WB_CONFIG_SECRET]",
  ]);
});

it("a secret that stands in the file is a mistake, and is not repeated", () => {
  expect(mistakesIn("oidc:\n  issuer: https://id.example.org\n  clientId: weighbridge\n  clientSecret: hunter2\n")).toEqual([
    "config.yaml:4:3: a secret does not belong into this file. Put it into a file of its own that oidc.clientSecretFile names, or into WEIGHBRIDGE_OIDC_CLIENT_SECRET. [WB_CONFIG_SECRET]",
  ]);
});

it.each<readonly [what: string, bytes: Uint8Array, mistake: string]>([
  ["bytes that are no text", Uint8Array.of(0xff, 0xfe), "config.yaml: the configuration is not UTF-8. Save it as UTF-8. [WB_CONFIG_READ]"],
  [
    "more than anybody writes",
    new Uint8Array(2 ** 20 + 1),
    "config.yaml: the configuration is larger than 1048576 bytes. Give --config a YAML file that this user can read. [WB_CONFIG_READ]",
  ],
])("a file of %s is not read", (_, bytes, mistake) => {
  expect(mistakesIn(bytes)).toEqual([mistake]);
});

it("a file that was asked for must be there, and be a file", () => {
  const load = (path: string, required: boolean) => loadConfiguration({ file: { path, required }, env: {}, flags: {} });
  const missing = join(folder, "missing.yaml");
  expect(load(missing, false)).toMatchObject({ file: null, server: { port: 8787 } });
  const read = (reason: string) => expect.objectContaining({ code: "WB_CONFIG_READ", message: reason });
  expect(() => load(missing, true)).toThrow(read(`${missing}: the configuration does not exist`));
  expect(() => load(folder, false)).toThrow(read(`${folder}: the configuration is not a file`));
});

it("a file that every user could change is not believed", () => {
  const path = join(folder, "config.yaml");
  writeFileSync(path, "");
  chmodSync(path, 0o666);
  expect(mistakesIn("")).toEqual([
    "config.yaml: every user could change the configuration. chmod o-w it, and see that nobody did. [WB_CONFIG_FILE_MODE]",
  ]);
});
