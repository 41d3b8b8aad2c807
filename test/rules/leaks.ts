import { createHash, createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Files } from "../techniques/technique.ts";
import type { RuleExample } from "./example.ts";

/** Made here, so that the source holds no token and no key that a service would take for real. */
const random = createHash("sha512").update("an example of a token").digest();
const TOKEN = `hf_${[...random.subarray(0, 34)].map((byte) => String.fromCharCode(97 + (byte % 26))).join("")}`;
const KEY = createPrivateKey({
  key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), random.subarray(0, 32)]), // RFC 8410, section 7
  format: "der",
  type: "pkcs8",
}).export({ type: "pkcs8", format: "pem" });

const readme = (text: string): Files => ({ "README.md": `# Model\n\n${text}\n` });
const bert = (more: Readonly<Record<string, string>>): Files => ({ "config.json": JSON.stringify({ model_type: "bert", ...more }) });
const APACHE = readFileSync(new URL("../../LICENSE", import.meta.url));
const licensed = (id: string): Files => ({ LICENSE: APACHE, "README.md": `---\nlicense: ${id}\n---\n# Model\n` });

export const LEAK_EXAMPLES: readonly RuleExample[] = [
  {
    rule: "secret",
    severity: "medium",
    fires: { what: "A README with a token of Hugging Face.", files: readme(`login(token="${TOKEN}")`) },
    silent: { what: "A README with a placeholder for a token.", files: readme('login(token="hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")') },
  },
  {
    rule: "private-key",
    severity: "medium",
    fires: { what: "A README with a private key.", files: readme(String(KEY)) },
    silent: {
      what: "A README that says how private keys begin and end.",
      files: readme("They begin with -----BEGIN PRIVATE KEY----- and end with -----END PRIVATE KEY-----."),
    },
  },
  {
    rule: "personal-email",
    severity: "info",
    fires: { what: "A configuration with the address of a person.", files: bert({ contact: "m.lee@cs.some-university.edu" }) },
    silent: { what: "A configuration with an address that stands for any.", files: bert({ contact: "you@example.com" }) },
  },
  {
    rule: "home-path",
    severity: "info",
    fires: { what: "A configuration with a path in the home of `mlee`.", files: bert({ output: "/home/mlee/out" }) },
    silent: { what: "A configuration with a path in the home of `ubuntu`, which nobody is.", files: bert({ output: "/home/ubuntu/out" }) },
  },
  {
    rule: "encoded-program",
    severity: "medium",
    fires: {
      what: "A configuration with a pickle in base64 that calls `os.system`.",
      files: bert({ state: Buffer.from("\x80\x02cos\nsystem\nX\x02\0\0\0id\x85R.", "latin1").toString("base64") }),
    },
    silent: {
      what: "A configuration with a pickle in base64 that is a list of numbers.",
      files: bert({ state: Buffer.from("\x80\x02](K\x01K\x02K\x03K\x04K\x05K\x06K\x07e.", "latin1").toString("base64") }),
    },
  },
  {
    rule: "licence-disagrees",
    severity: "low",
    fires: { what: "A card that says MIT beside the text of Apache 2.0.", files: licensed("mit") },
    silent: { what: "A card that says Apache 2.0 beside its text.", files: licensed("apache-2.0") },
  },
];
