import { generateKeyPairSync } from "node:crypto";
import { fc, test } from "@fast-check/vitest";
import { expect, it } from "vitest";
import notes from "../../test/vectors/tlog/notes.json" with { type: "json" };
import example from "../../test/vectors/tlog/worked-example.json" with { type: "json" };
import { parseNote, signatureLine, signNote, verifyNote } from "./note.ts";
import { formatSignerKey, noteSigner, parseSignerKey, parseVerifierKey } from "./note-key.ts";

const { privateKey } = generateKeyPairSync("ed25519");
const signer = noteSigner("log.example/a", privateKey);
const verifier = parseVerifierKey(signer.verifierKey);

for (const { name, vkey, note, expect: wanted } of notes) {
  it(`${wanted === "ok" ? "accepts" : "rejects"}: ${name}`, () => {
    expect(verifyNote(Buffer.from(note), [parseVerifierKey(vkey)]).kind).toBe(wanted === "ok" ? "verified" : "rejected");
  });
}

it("signs as the worked example does, byte for byte", () => {
  const log = parseSignerKey(example.log_skey);
  expect(log.verifierKey).toBe(example.log_vkey);
  expect(log.keyId.toString(16)).toBe(example.log_key_id_hex);
  for (const { text, note } of example.checkpoints) expect(signNote(text, log)).toBe(note);
});

it("verifies the cosignature of a witness and tells its time", () => {
  const witness = parseVerifierKey(example.witness.vkey);
  const verified = verifyNote(Buffer.from(example.cosigned_checkpoint), [parseVerifierKey(example.log_vkey), witness]);
  if (verified.kind !== "verified") throw new Error(verified.why);
  expect(verified.by.map(({ name }) => name)).toEqual([example.origin, example.witness.name]);
  const cosignature = verified.note.signatures[1]?.signature ?? new Uint8Array();
  expect(witness.cosignedAt?.(cosignature)).toBe(example.witness.time);
  const later = Buffer.from(cosignature);
  later.writeBigUInt64BE(BigInt(example.witness.time + 1));
  const backdated = example.cosigned_checkpoint.replace(/— witness.*\n/, signatureLine(witness, later));
  expect(verifyNote(Buffer.from(backdated), [witness])).toEqual({
    kind: "rejected",
    why: "the signature of witness.example/w1 is not over this text",
  });
});

it("rejects the whole note when one known key's signature is bad, and ignores a repeated good one", () => {
  const other = noteSigner("log.example/b", generateKeyPairSync("ed25519").privateKey);
  const known = [verifier, parseVerifierKey(other.verifierKey)];
  const good = signNote("text\n", signer);
  expect(verifyNote(Buffer.from(good + signatureLine(other, other.sign(Buffer.from("text\n")))), known)).toMatchObject({ by: known });
  expect(verifyNote(Buffer.from(good + signatureLine(other, other.sign(Buffer.from("other\n")))), known).kind).toBe("rejected");
  expect(verifyNote(Buffer.from(good + good.split("\n\n")[1]), known)).toMatchObject({ by: [verifier] });
});

it("splits at the last empty line and signs the text with its line feed", () => {
  const parsed = parseNote(Buffer.from(signNote("a\n\nb\n", signer)));
  expect(parsed).toMatchObject({ kind: "parsed", note: { text: "a\n\nb\n", signatures: [{ name: "log.example/a", keyId: signer.keyId }] } });
});

const line = signNote("t\n", signer).slice("t\n\n".length);

for (const [name, bytes, why] of [
  ["no signature at all", "t\n\n", "has no signature"],
  ["no last line feed", `t\n\n${line.slice(0, -1)}`, "does not end with a line feed"],
  ["a tab", `t\tu\n\n${line}`, "holds a control character other than a line feed"],
  ["a NUL", `t\0\n\n${line}`, "holds a control character other than a line feed"],
  ["bytes that are not UTF-8", Buffer.concat([Buffer.from([0x80]), Buffer.from(`\n\n${line}`)]), "not UTF-8"],
  ["a name with a plus", `t\n\n${line.replace("log.example", "log+example")}`, "signature line 1 is not of its form"],
  ["a name with a no-break space", `t\n\n${line.replace("log.example", "log\u00a0example")}`, "signature line 1 is not of its form"],
  ["an empty name", "t\n\n— AAAAAAAA\n", "signature line 1 is not of its form"],
  ["a signature of the key ID alone", "t\n\n— a AAAAAA==\n", "signature line 1 is not of its form"],
  ["base64 with spare bits", "t\n\n— a AAAAAAB=\n", "signature line 1 is not of its form"],
  ["more signatures than are read", `t\n\n${line.repeat(101)}`, "101 signatures; at most 100 are read"],
  ["text behind the signatures", `t\n\n${line}more\n`, "signature line 2 is not of its form"],
] as const) {
  it(`does not parse ${name}`, () => {
    expect(parseNote(Buffer.from(bytes))).toEqual({ kind: "broken", why });
  });
}

it("reads sixteen signatures", () => {
  expect(parseNote(Buffer.from(`t\n\n${line.repeat(16)}`))).toMatchObject({ kind: "parsed" });
});

it("writes the private form that it reads, and never says it in an error", () => {
  const skey = formatSignerKey("log.example/a", privateKey);
  expect(parseSignerKey(skey).verifierKey).toBe(signer.verifierKey);
  const secret = skey.slice(-20);
  for (const broken of [skey.replace("log.example/a", "log.example/b"), skey.slice(0, -1), skey.slice(4), skey.replace("+A", "+B")]) {
    expect(() => parseSignerKey(broken)).toThrow(expect.objectContaining({ code: "WB_LOG_BAD_KEY", message: expect.not.stringContaining(secret) }));
  }
});

it("refuses verifier keys with a wrong ID, type or length, and keys that are not Ed25519", () => {
  const [name, id, key = ""] = signer.verifierKey.split(/\+(.{8})\+/);
  const bad = [
    `${name}+00000000+${key}`,
    `${name}+${id}+${key.slice(0, -4)}`,
    `${name}+${id}`,
    `+${id}+${key}`,
    `${name}+${id}+${key}\n`,
    `a b+${id}+${key}`,
  ];
  for (const vkey of bad) expect(() => parseVerifierKey(vkey)).toThrow(expect.objectContaining({ code: "WB_LOG_BAD_KEY" }));
  const { privateKey: rsa } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  expect(() => noteSigner("a", rsa)).toThrow("not an Ed25519 private key");
  expect(() => noteSigner("a+b", privateKey)).toThrow("no key name");
});

test.prop([fc.string({ unit: "grapheme", maxLength: 60 }), fc.nat()], { numRuns: 200 })(
  "verifies what it signed, and nothing with a bit changed",
  (raw, at) => {
    const text = `${raw.toWellFormed().replace(/\p{Cc}/gu, "")}\n`;
    const note = Buffer.from(signNote(text, signer));
    expect(verifyNote(note, [verifier])).toMatchObject({ kind: "verified", note: { text } });
    note[at % note.length] = (note[at % note.length] ?? 0) ^ (1 << (at % 8));
    expect(verifyNote(note, [verifier]).kind).toBe("rejected");
  },
);

test.prop([fc.uint8Array({ maxLength: 300 })])("answers any bytes", (bytes) => {
  expect(["parsed", "broken"]).toContain(parseNote(bytes).kind);
});
