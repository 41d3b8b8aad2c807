import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { findPrivateKeys } from "./private-key.ts";

const find = (text: string) => findPrivateKeys(Buffer.from(text), () => {}).map(({ at, name, severity }) => [at, name, severity]);
const OPEN = [[0, "a private key", "medium"]];
const LOCKED = [[0, "a private key under a passphrase", "low"]];

const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
const pkcs8 = String(ec.export({ type: "pkcs8", format: "pem" }));

/** The file that ssh-keygen writes, as far as it is looked at: magic, cipher, and bytes. */
function openSsh(cipher: string): string {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(cipher.length);
  const body = Buffer.concat([Buffer.from("openssh-key-v1\0"), length, Buffer.from(cipher), Buffer.alloc(120, 7)]).toString("base64");
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.replace(/.{70}/g, "$&\n")}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

describe("findPrivateKeys", () => {
  it("knows a key by what it decodes to", () => {
    expect(find(pkcs8)).toEqual(OPEN);
    expect(find(String(ec.export({ type: "sec1", format: "pem" })))).toEqual(OPEN);
    expect(find(String(rsa.export({ type: "pkcs1", format: "pem" })))).toEqual(OPEN);
    expect(find(openSsh("none"))).toEqual(OPEN);
  });

  it("says of a key under a passphrase that it is one", () => {
    const options = { format: "pem", cipher: "aes-256-cbc", passphrase: "word" } as const;
    expect(find(String(ec.export({ type: "pkcs8", ...options })))).toEqual(LOCKED);
    expect(find(String(rsa.export({ type: "pkcs1", ...options })))).toEqual(LOCKED);
    expect(find(openSsh("aes256-ctr"))).toEqual(LOCKED);
  });

  it("reads through the quotes, escapes and indentation of the file around it", () => {
    const account = JSON.stringify({ type: "service_account", private_key: pkcs8 });
    expect(find(account)).toEqual([[account.indexOf("-----"), "a private key", "medium"]]);
    expect(find(`key: |\n${pkcs8.replace(/^/gm, "  ")}`)).toEqual([[9, "a private key", "medium"]]);
    expect(find(`key = "${pkcs8.trim().replaceAll("\n", '\\n"\n      "')}"`)).toEqual([[7, "a private key", "medium"]]);
    expect(find(pkcs8.replaceAll("\n", "\r\n"))).toEqual(OPEN);
    expect(find(`${pkcs8}and\n${pkcs8}`)).toHaveLength(2);
  });

  it.each([
    ["a public key", pkcs8.replaceAll("PRIVATE", "PUBLIC")],
    ["a key that was cut for a document", pkcs8.replace(/\n(.{20}).*\n/, "\n$1...\n")],
    ["a key that lacks a line", pkcs8.replace(/\n[^-\n]+\n/, "\n")],
    ["a key of other bytes", `-----BEGIN PRIVATE KEY-----\n${"QUJD".repeat(30)}\n-----END PRIVATE KEY-----`],
    ["a key without an end", pkcs8.slice(0, 120)],
    ["a sentence about keys", "Files that begin with -----BEGIN PRIVATE KEY----- and end with -----END PRIVATE KEY----- are keys."],
    ["a certificate", pkcs8.replaceAll("PRIVATE KEY", "CERTIFICATE")],
  ])("%s is none", (_, text) => {
    expect(find(text)).toEqual([]);
  });
});
