import { createHash, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { bytesOf } from "../../bytes.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { verdictOf } from "../examination.ts";
import { walkFile } from "../walk.ts";

/** Letters drawn from a digest, so that the source holds no token. */
function drawn(seed: string, length: number, alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"): string {
  let text = "";
  for (let block = 0; text.length < length; block++)
    for (const byte of createHash("sha256").update(`${seed}${block}`).digest())
      if (byte < 208 && text.length < length) text += alphabet[byte % alphabet.length];
  return text;
}

const TOKEN = `hf_${drawn("token", 34)}`;
const KEY = String(generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }));

async function walked(path: string, content: string | Uint8Array) {
  const report = await walkFile(path, bytesOf(Buffer.from(content)), DEFAULT_LIMITS, () => {});
  const found = report.findings.map(({ rule, severity, where }) => [rule, severity, where.path, where.offset]);
  return { report, found, verdict: verdictOf(report.findings, { status: report.unexamined.length === 0 ? "complete" : "incomplete" }) };
}

/** One pickle of protocol 2 as torch writes it: a dictionary of texts with memo opcodes between them. */
function pickled(members: Readonly<Record<string, string>>): Buffer {
  const text = (value: string) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(value.length);
    return Buffer.concat([Buffer.from("X"), size, Buffer.from(value), Buffer.from("q\x01")]);
  };
  return Buffer.concat([
    Buffer.from("\x80\x02}q\0(", "latin1"),
    ...Object.entries(members).flatMap(([key, value]) => [text(key), text(value)]),
    Buffer.from("u."),
  ]);
}

function gguf(members: Readonly<Record<string, string>>): Buffer {
  const u32 = (n: number) => Buffer.from(Uint32Array.of(n).buffer);
  const u64 = (n: number) => Buffer.from(BigUint64Array.of(BigInt(n)).buffer);
  const text = (value: string) => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
  const entries = Object.entries(members).flatMap(([key, value]) => [text(key), u32(8), text(value)]);
  return Buffer.concat([Buffer.from("GGUF"), u32(3), u64(0), u64(entries.length / 3), ...entries]);
}

function safetensors(metadata: Readonly<Record<string, string>>): Buffer {
  const header = Buffer.from(JSON.stringify({ __metadata__: metadata }));
  return Buffer.concat([Buffer.from(BigUint64Array.of(BigInt(header.length)).buffer), header]);
}

describe("secrets left in an artifact", () => {
  it("ask a person to look, and never block", async () => {
    const { found, verdict } = await walked("README.md", `# Use\n\nlogin(token="${TOKEN}")\n`);
    expect(found).toEqual([["secret", "medium", "README.md", 20]]);
    expect(verdict).toBe("review");
    expect((await walked("key.md", KEY)).found).toEqual([["private-key", "medium", "key.md", 0]]);
  });

  it("are found in texts of every kind", async () => {
    const at = (content: string | Uint8Array) => Buffer.from(content).indexOf(TOKEN);
    for (const [path, content] of [
      ["config.json", JSON.stringify({ model_type: "llama", hub_token: TOKEN })],
      ["training_args.bin", pickled({ output_dir: "out", hub_token: TOKEN })],
      ["model.gguf", gguf({ "general.architecture": "llama", "general.url": `https://x:${TOKEN}@host.org/y` })],
      ["model.safetensors", safetensors({ format: "pt", token: TOKEN })],
      ["chat_template.jinja", `{# ${TOKEN} #}{{ messages }}`],
      ["setup.cfg", `[x]\ntoken = ${TOKEN}\n`],
      ["run.sh", `#!/bin/sh\nexport HF_TOKEN=${TOKEN}\n`],
    ] as const) {
      const { found } = await walked(path, content);
      expect([path, ...found.filter(([rule]) => rule === "secret")]).toContainEqual(["secret", "medium", path, at(content)]);
    }
  });

  it("stand in no report: neither in their own finding nor where another rule quotes them", async () => {
    const address = `https://user:${TOKEN}@host.org/${"x/".repeat(20)}`;
    for (const content of [
      JSON.stringify({ model_type: "llama", url: address, long: `https://host.org/${"y".repeat(170)}?token=${TOKEN}` }),
      pickled({ token: TOKEN }),
      `cos\nsystem\n(S'curl ${address}'\ntR.`,
      gguf({ "general.architecture": "llama", "general.url": address }),
      safetensors({ url: address }),
    ]) {
      const { report } = await walked("file", content);
      expect(report.findings.some(({ rule }) => rule === "secret")).toBe(true);
      expect(JSON.stringify(report)).not.toContain(TOKEN.slice(3, 12));
    }
    const { report } = await walked("key.md", KEY);
    expect(JSON.stringify(report)).not.toContain(KEY.split("\n")[1]?.slice(0, 12));
    expect(report.findings[0]?.proof).toEqual({ kind: "private-key", at: 0, length: 64 });
  });

  it("are said once each, at their first place", async () => {
    const other = `hf_${drawn("other", 34)}`;
    const { found } = await walked("README.md", `${TOKEN}\n${TOKEN}\n${other}\n`);
    expect(found).toEqual([
      ["secret", "medium", "README.md", 0],
      ["secret", "medium", "README.md", 76],
    ]);
  });

  it("are no tokens of a vocabulary", async () => {
    const tokenizer = { added_tokens: [{ id: 3, content: TOKEN }], model: { type: "BPE", vocab: { a: 0, [TOKEN]: 1 }, merges: [`${TOKEN} b`] } };
    expect((await walked("tokenizer.json", JSON.stringify(tokenizer))).found).toEqual([]);
    expect((await walked("vocab.json", JSON.stringify({ a: 0, [TOKEN]: 1 }))).found).toEqual([]);
    const lines = Array.from({ length: 200 }, (_, i) => `tok${i}`);
    expect((await walked("vocab.txt", [...lines, TOKEN, ...lines].join("\n"))).found).toEqual([]);
    // Not a vocabulary: a value beside one, and a file of settings.
    expect((await walked("tokenizer.json", JSON.stringify({ ...tokenizer, hub_token: TOKEN }))).found).toHaveLength(0);
    const elsewhere = `hf_${drawn("elsewhere", 34)}`;
    expect((await walked("tokenizer.json", JSON.stringify({ ...tokenizer, hub_token: elsewhere }))).found).toEqual([
      ["secret", "medium", "tokenizer.json", expect.any(Number)],
    ]);
    expect(
      (await walked("notes.txt", [...lines.map((line) => `${line}=some longer value of a setting`), `T=${TOKEN}`].join("\n"))).found,
    ).toHaveLength(1);
  });

  it("are not looked for in tensors", async () => {
    const header = Buffer.from(JSON.stringify({ w: { dtype: "U8", shape: [TOKEN.length], data_offsets: [0, TOKEN.length] } }));
    const file = Buffer.concat([Buffer.from(BigUint64Array.of(BigInt(header.length)).buffer), header, Buffer.from(TOKEN)]);
    expect((await walked("model.safetensors", file)).found).toEqual([]);
  });

  it("are found across the pieces in which a large text is read", async () => {
    for (const before of [1024 * 1024 - 20, 1024 * 1024 - 512 - 20, 1024 * 1024 - 16 * 1024 - 20, 3_000_000]) {
      const { found } = await walked("notes.txt", `${"word ".repeat(before / 5 + 1).slice(0, before - 1)} ${TOKEN} end`);
      expect(found).toEqual([["secret", "medium", "notes.txt", before]]);
    }
  });

  it("count for more when the key of an identifier lies beside it", async () => {
    const id = `AKIA${drawn("id", 16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`;
    const key = drawn("key", 40, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    expect((await walked("notes.txt", `id ${id}\n`)).found).toEqual([["secret", "low", "notes.txt", 3]]);
    expect((await walked("notes.txt", `id ${id}\ncommit ${"0a1b2c3d4e".repeat(4)}\n`)).found).toEqual([["secret", "low", "notes.txt", 3]]);
    const { found, report } = await walked("notes.txt", `[default]\nid = ${id}\nkey = ${key}\n`);
    expect(found).toEqual([["secret", "medium", "notes.txt", 15]]);
    expect(report.findings[0]?.title).toBe("An AWS access key with its secret of 40 characters");
  });
});

describe("personal data left in an artifact", () => {
  it("is a note in configurations and metadata", async () => {
    const config = JSON.stringify({ model_type: "llama", contact: "m.lee@cs.some-university.edu" });
    expect((await walked("config.json", config)).found).toEqual([["personal-email", "info", "config.json", config.indexOf("m.lee")]]);
    expect((await walked("training_args.bin", pickled({ output_dir: "/home/mlee/out" }))).found).toEqual([
      ["home-path", "info", "training_args.bin", expect.any(Number)],
    ]);
    expect((await walked("model.gguf", gguf({ "general.architecture": "llama", "general.source.url": "/Users/mlee/base" }))).found).toEqual([
      ["home-path", "info", "model.gguf", expect.any(Number)],
    ]);
  });

  it("is none in a document that names its authors", async () => {
    expect((await walked("README.md", "Write to m.lee@cs.some-university.edu; we ran it in /home/mlee/run.")).found).toEqual([]);
  });
});
