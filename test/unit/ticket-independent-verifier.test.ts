import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { admissionOf, founded, MODEL, ticketed } from "../registry-world.ts";

/**
 * A verifier written from docs/spec/ticket.md and docs/spec/trust.md alone. It shares no code with src/, so that a ticket that both accept is what the
 * specification says, and not only what our own reader takes.
 */
function accepts(ticketFile: Buffer, trustFile: Buffer, artifact: string): string {
  const trust = JSON.parse(trustFile.toString("utf8"));
  const ticket = JSON.parse(ticketFile.toString("utf8"));
  if (`${sorted(ticket)}\n` !== ticketFile.toString("utf8")) return "not canonical";
  if (ticket.schema !== "weighbridge.ticket/1" || trust.schema !== "weighbridge.trust/1" || ticket.issuer !== trust.origin) return "another issuer";

  const { payload, payloadType, signatures } = ticket.envelope;
  const body = Buffer.from(payload, "base64");
  const key = trust.ticketKeys.find((candidate: { keyid: string }) => candidate.keyid === signatures[0].keyid);
  if (signatures.length !== 1 || key === undefined || payloadType !== "application/vnd.in-toto+json") return "no known key";
  const signedText = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${body.length} `), body]);
  if (!signs(Buffer.from(key.publicKey, "base64"), signedText, Buffer.from(signatures[0].sig, "base64"))) return "bad signature";

  const { subject, predicateType, predicate } = JSON.parse(body.toString("utf8"));
  if (predicateType !== "https://weighbridge.dev/admission/v1" || predicate.outcome !== "allow") return "no allow";
  if (subject.length !== 1 || `sha256:${subject[0].digest.sha256}` !== artifact) return "another artifact";
  if (predicate.evaluatedAt < key.notBefore || (key.notAfter !== null && predicate.evaluatedAt >= key.notAfter)) return "key not valid then";

  const [text = "", signature = ""] = ticket.checkpoint.split("\n\n");
  const [origin, size, root] = text.split("\n");
  const [, name, blob] = signature.trimEnd().split(" ");
  const [keyName, keyId, keyBytes] = [trust.origin, ...trust.logKey.slice(trust.origin.length + 1).split(/\+(.*)/s)];
  const raw = Buffer.from(blob ?? "", "base64");
  if (origin !== trust.origin || name !== keyName || raw.subarray(0, 4).toString("hex") !== keyId) return "another log";
  if (!signs(Buffer.from(keyBytes ?? "", "base64").subarray(1), Buffer.from(`${text}\n`), raw.subarray(4))) return "bad checkpoint";

  const leaf = sha256(Buffer.from([0]), Buffer.from(sorted(ticket.envelope)));
  const proof = ticket.proof.map((hash: string) => Buffer.from(hash, "base64"));
  return rootOf(leaf, BigInt(ticket.index), BigInt(size ?? "0"), proof)?.toString("base64") === root ? "accepted" : "not in the log";
}

/** The root that a proof leads to, by the recursive definition of RFC 6962 §2.1.1 read backwards; null when hashes are left or missing. */
function rootOf(leaf: Buffer, index: bigint, size: bigint, proof: readonly Buffer[]): Buffer | null {
  if (index >= size) return null;
  if (size === 1n) return proof.length === 0 ? leaf : null;
  const last = proof.at(-1);
  if (last === undefined) return null;
  let left = 1n;
  while (left * 2n < size) left *= 2n;
  const inner = index < left ? rootOf(leaf, index, left, proof.slice(0, -1)) : rootOf(leaf, index - left, size - left, proof.slice(0, -1));
  if (inner === null) return null;
  return index < left ? sha256(Buffer.from([1]), inner, last) : sha256(Buffer.from([1]), last, inner);
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, member) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function signs(publicKey: Buffer, text: Buffer, signature: Buffer): boolean {
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: publicKey.toString("base64url") }, format: "jwk" });
  return verify(null, text, key, signature);
}

describe("a verifier written from the specification", () => {
  const vector = (name: string) => readFileSync(resolve(import.meta.dirname, "../vectors/ticket", name));
  const { artifact, laterArtifact } = JSON.parse(vector("keys.json").toString());

  it("agrees with the vectors", () => {
    const trust = vector("trust.json");
    expect(accepts(vector("ticket.json"), trust, artifact)).toBe("accepted");
    expect(accepts(vector("ticket-after-rotation.json"), trust, laterArtifact)).toBe("accepted");
    expect(accepts(vector("ticket.json"), trust, laterArtifact)).toBe("another artifact");
    expect(accepts(vector("ticket-after-rotation.json"), vector("trust-first.json"), laterArtifact)).toBe("no known key");
    expect(accepts(vector("not-a-ticket-hold.json"), trust, artifact)).toBe("no allow");
  });

  it("accepts what a registry issues, with nothing but the trust file, and nothing that was changed", () =>
    founded(async (registry, world, root) => {
      await registry.recordAdmission(admissionOf(MODEL, "hold", world));
      const ticket = readFileSync((await ticketed(registry, world)).file);
      const trust = readFileSync(join(root, "trust.json"));
      expect(accepts(ticket, trust, MODEL.digest)).toBe("accepted");
      expect(accepts(ticket, vector("trust.json"), MODEL.digest)).toBe("another issuer");
      expect(accepts(Buffer.from(ticket.toString().replace('"index":3', '"index":2')), trust, MODEL.digest)).toBe("not in the log");
    }));
});

it("needs node:crypto alone, as the package's own verifier does", () => {
  const seen = new Set<string>();
  const outside = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, specifier = ""] of readFileSync(file, "utf8").matchAll(/^(?:import|export)(?! type\b)[^;]*?\bfrom "([^"]+)"/gms))
      if (specifier.startsWith(".")) visit(resolve(file, "..", specifier));
      else outside.add(specifier);
  };
  visit(resolve(import.meta.dirname, "../../src/verify.ts"));
  expect([...outside]).toEqual(["node:crypto"]);
  expect(seen.size).toBeGreaterThan(10);
});
