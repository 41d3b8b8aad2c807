import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { sampleOf, sequencesOf } from "../../../test/fixtures/token-patterns.ts";
import { randomFrom } from "../../../test/fuzz/target.ts";
import { isMadeUp } from "./placeholder.ts";
import { TOKEN_RULES, type TokenRule } from "./token-rules.ts";
import { findTokens } from "./tokens.ts";

const find = (text: string, pickled = false) =>
  findTokens(Buffer.from(text, "latin1"), { pickled, spent: () => {} }).map(({ rule, at, text: secret }) => [rule, at, secret]);
const random = randomFrom(20260722);

/** Built here and not written down, so that no scanner of this repository takes it for one. */
function tokenOf(rule: TokenRule): string {
  const sequences = sequencesOf(rule.pattern);
  for (;;) {
    const text = sampleOf(random.pick(sequences), random.below);
    if (rule.checksum === "crc32-base62") return withCrc32(text);
    if (rule.checksum === "jwt") return jwt('{"alg":"HS256","typ":"JWT"}');
    if (!isMadeUp(text.replace(rule.starts.find((start) => text.includes(start)) ?? "", ""), rule.entropy)) return text;
  }
}

function withCrc32(text: string): string {
  const from = text.indexOf("_") + 1;
  const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  let check = "";
  for (let left = crc32(text.slice(from, -6)); check.length < 6; left = Math.floor(left / 62)) check = `${digits[left % 62]}${check}`;
  return text.slice(0, -6) + check;
}

function jwt(header: string): string {
  const bytes = Buffer.from(Array.from({ length: 32 }, () => random.below(256)));
  return [Buffer.from(header), Buffer.from('{"sub":"7c1e","iat":1753180200}'), bytes].map((part) => part.toString("base64url")).join(".");
}

describe("findTokens", () => {
  it.each(TOKEN_RULES.filter(({ checksum }) => checksum !== "url").map((rule) => [rule.id, rule] as const))(
    "finds %s wherever it stands",
    (id, rule) => {
      for (let n = 0; n < 20; n++) {
        const token = tokenOf(rule);
        expect(find(`{"key": "${token}", "next": 1}`)).toEqual([[id, 9, token]]);
        expect(find(token)).toEqual([[id, 0, token]]);
        expect(find(`A line.\\n${token}\\nanother`)).toEqual([[id, 9, token]]);
        expect(find(`export KEY=${token}\n`)).toEqual([[id, 11, token]]);
      }
    },
  );

  it.each(TOKEN_RULES.filter(({ checksum }) => checksum !== "url").map((rule) => [rule.id, rule] as const))(
    "does not find %s inside of a longer word",
    (_, rule) => {
      const token = tokenOf(rule);
      expect(find(`word${token}`).filter(([, at]) => at === 4)).toEqual([]);
      expect(find(`"${token.slice(0, -1)}ä"`).filter(([, , text]) => text === token)).toEqual([]);
    },
  );

  it("knows a token by the checksum that it carries", () => {
    const published = ["ghp_zQWBuTSOoRi4A9spHcVY5ncns", "DkxkJ0mLq17"].join(""); // revoked, https://gist.github.com/coolaj86/eb8cddfd3e4251258712dfed03e1f86d
    expect(find(`token: ${published}`)).toEqual([["github-token", 7, published]]);
    expect(find(`token: ${published.replace("zQ", "zR")}`)).toEqual([]);
  });

  it("finds texts of a pickle, with the opcodes around them that are letters", () => {
    const token = tokenOf(TOKEN_RULES[0] as TokenRule);
    expect(find(`X\x25\0\0\0${token}q\x05X\x05\0\0\0q\x06`, true)).toEqual([["huggingface-access-token", 5, token]]);
    expect(find(`\x8c\x25${token}\x94`, true)).toEqual([["huggingface-access-token", 2, token]]);
    expect(find(`U%${token}q\x05`, true)).toEqual([["huggingface-access-token", 2, token]]);
    expect(find(`X\x25\0\0\0${token}q\x05`)).toEqual([]);
  });

  it.each([
    "AKIAIOSFODNN7EXAMPLE",
    "hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH",
    "hf_YourTokenGoesHereAndNowhereElseYes",
    "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",
    "sk-proj-your-api-key",
    "your-api-key",
    "glpat-XXXXXXXXXXXXXXXXXXXX",
    "glpat-00000000000000000000",
    "dapi12345678901234567890123456789012",
    "dapi00112233445566778899aabbccddeeff".replace("00112233", "12345678"),
    "npm_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij",
    "gsk_your_groq_api_key_here_your_groq_api_key_here_12345",
    "https://user:password@localhost/db",
    "https://user:user@host.org/",
    "postgres://name:<password>@host",
    "https://$USER:$TOKEN@host.org/",
    "postgresql://postgres:postgres@db:5432/x",
    "https://huggingface.co/org/model:latest@sha256:0123456789abcdef",
    "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
    "model.layers.0.self_attn.q_proj.weight model-00001-of-00163.safetensors",
    "0123456789abcdef0123456789abcdef01234567",
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxMjM0NTY3ODkwIn0.aaaaaaaaaaaaaaaaaaaaaaaa",
  ])("%s is nobody's", (text) => {
    expect(find(`"token": "${text}"`)).toEqual([]);
  });

  it("finds a password in an address, and says no more than that", () => {
    expect(find("see https://bob:r7Jk2v9Qx-w@host.org/x")).toEqual([["url-credentials", 9, "://bob:r7Jk2v9Qx-w"]]);
    expect(find("see https://:r7Jk2v9Qx-w@host.org/x")).toEqual([["url-credentials", 9, "://:r7Jk2v9Qx-w"]]);
  });

  it("knows a key without a mark by the name in front of it", () => {
    const hex = "9f3c1a7be4d05286af31c9e07bd4528360fe1a9c";
    for (const before of ['"wandb_api_key": "', "WANDB_API_KEY=", "wandb login ", "wandb.login(key='", 'export WANDB_API_KEY = "'])
      expect(find(`${before}${hex}"`)).toEqual([["wandb-api-key", before.length, hex]]);
    for (const before of ['"_commit_hash": "', '"wandb_version": "', "wandb ", "sha1="]) expect(find(`${before}${hex}"`)).toEqual([]);
    expect(find(`WANDB_API_KEY=${hex}0`)).toEqual([]);
  });

  it("does work that grows with the length, whatever the text is made of", () => {
    for (const unit of ["ghp_", "eyJ", "://", "xoxb-1-", "sk-ant-api03-", "hf_ ", "Q~", "-----BEGIN PRIVATE KEY-----\n", "a", "AKIA "]) {
      const steps = [20_000, 40_000].map((size) => {
        let spent = 0;
        findTokens(Buffer.from(unit.repeat(size / unit.length)), { pickled: true, spent: (count) => (spent += count) });
        return spent;
      });
      expect(steps[1] ?? 0).toBeLessThanOrEqual(2.2 * (steps[0] ?? 0) + 100);
    }
  });
});
