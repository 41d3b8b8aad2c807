import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import example from "../../test/vectors/tlog/worked-example.json" with { type: "json" };
import { checkpointText, parseCheckpoint, verifyCheckpoint } from "./checkpoint.ts";
import { decodeEntries } from "./entry-bundle.ts";
import { leafHash } from "./merkle.ts";
import { parseVerifierKey } from "./note-key.ts";
import { formatProofFile, parseProofFile, verifyProofFile } from "./proof-file.ts";
import { tilePath } from "./tile-paths.ts";
import { Tip } from "./tip.ts";

const log = parseVerifierKey(example.log_vkey);
const witness = parseVerifierKey(example.witness.vkey);
const ROOT = "JF8XmUrBu0u77WPBG//HgStKNtGj0s+s1Oh8zC+yzxA=";

describe("checkpoints", () => {
  it("reads the worked example, cosigned", () => {
    const verified = verifyCheckpoint(Buffer.from(example.cosigned_checkpoint), example.origin, log, [witness]);
    expect(verified).toMatchObject({ kind: "verified", checkpoint: { origin: example.origin, size: 5, extensions: [] }, by: [log, witness] });
    if (verified.kind === "verified") expect(Buffer.from(verified.checkpoint.root).toString("hex")).toBe(example.roots_hex[5]);
  });

  it("rejects another origin, and a note that only the witness signed", () => {
    expect(verifyCheckpoint(Buffer.from(example.cosigned_checkpoint), "other.example/log", log)).toEqual({
      kind: "rejected",
      why: `it is of the log "${example.origin}"`,
    });
    const onlyWitness = example.cosigned_checkpoint.replace(/— weighbridge.*\n/, "");
    expect(verifyCheckpoint(Buffer.from(onlyWitness), example.origin, log, [witness])).toEqual({
      kind: "rejected",
      why: `the log's own key ${example.origin} did not sign it`,
    });
  });

  it("keeps extension lines", () => {
    expect(parseCheckpoint(`a\n5\n${ROOT}\nmore\n`)).toMatchObject({ kind: "parsed", checkpoint: { extensions: ["more"] } });
  });

  for (const text of [
    "",
    "a\n",
    `\n5\n${ROOT}\n`,
    `a\n05\n${ROOT}\n`,
    `a\n+5\n${ROOT}\n`,
    `a\n9007199254740992\n${ROOT}\n`,
    `a\n5\n${ROOT.slice(4)}\n`,
    `a\n5\n${ROOT}\n\n`,
    `a\n5\n${ROOT}`,
    `a\n5\n${ROOT} \n`,
  ]) {
    it(`does not read ${JSON.stringify(text)}`, () => {
      expect(parseCheckpoint(text).kind).toBe("broken");
    });
  }

  test.prop([fc.nat({ max: Number.MAX_SAFE_INTEGER }), fc.uint8Array({ minLength: 32, maxLength: 32 })])("reads what it writes", (size, root) => {
    expect(parseCheckpoint(checkpointText("a.example/b", size, root))).toEqual({
      kind: "parsed",
      checkpoint: { origin: "a.example/b", size, root: Buffer.from(root), extensions: [] },
    });
  });
});

describe("proof files", () => {
  const parsed = parseProofFile(example.tlog_proof_entry2);
  if (parsed.kind === "broken") throw new Error(parsed.why);
  const leaf = Buffer.from(example.leaf_hashes_hex[2] ?? "", "hex");

  it("reads, verifies and writes the worked example", () => {
    expect(formatProofFile(parsed.file)).toBe(example.tlog_proof_entry2);
    expect(verifyProofFile(parsed.file, leaf, example.origin, log)).toMatchObject({ kind: "verified", checkpoint: { size: 5 } });
  });

  it("carries extra bytes", () => {
    const text = formatProofFile({ ...parsed.file, extra: Buffer.from("more") });
    expect(text.split("\n")[1]).toBe("extra bW9yZQ==");
    expect(parseProofFile(text)).toMatchObject({ kind: "parsed", file: { extra: Buffer.from("more") } });
  });

  it("rejects another entry, another index, another log", () => {
    expect(verifyProofFile(parsed.file, leafHash(leaf), example.origin, log).kind).toBe("rejected");
    expect(verifyProofFile({ ...parsed.file, index: 3 }, leaf, example.origin, log).kind).toBe("rejected");
    expect(verifyProofFile(parsed.file, leaf, "other.example/log", log).kind).toBe("rejected");
  });

  for (const [from, to, why] of [
    ["c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2", "does not begin with c2sp.org/tlog-proof@v1"],
    ["index 2", "index 02", "its index line is not of its form"],
    ["index 2", "extra *\nindex 2", "its extra line is not base64"],
    ["bjQL", "bjQ", "hash 1 is not 32 bytes in base64"],
    ["\n\n", "\n", "has no empty line before its checkpoint"],
  ] as const) {
    it(`does not read ${JSON.stringify(to)} for ${JSON.stringify(from)}`, () => {
      expect(parseProofFile(example.tlog_proof_entry2.replaceAll(from, to))).toEqual({ kind: "broken", why });
    });
  }

  test.prop([fc.nat({ max: 30 }), fc.string({ maxLength: 8 })])("answers any change", (at, text) => {
    const changed = example.tlog_proof_entry2.slice(0, at) + text + example.tlog_proof_entry2.slice(at + 3);
    expect(["parsed", "broken"]).toContain(parseProofFile(changed).kind);
  });
});

describe("the log that the Go implementation wrote", () => {
  const folder = join(import.meta.dirname, "../../test/vectors/tlog/go-log-testdata");
  const key = parseVerifierKey(readFileSync(join(folder, "log.vkey"), "utf8").trim());

  for (let size = 1; size <= 15; size++) {
    it(`is recomputed byte for byte at size ${size}`, () => {
      const bundle = readFileSync(join(folder, tilePath({ level: "entries", index: 0, width: size })));
      const tip = Tip.EMPTY.extend(decodeEntries(bundle) ?? []);
      const verified = verifyCheckpoint(readFileSync(join(folder, `checkpoint.${size}`)), "example.com/log/testdata", key);
      expect(verified).toMatchObject({ kind: "verified", checkpoint: { size, root: Buffer.from(tip.root()) } });
      const files = [...tip.filesSince(0)].map(({ name, bytes }) => [tilePath(name), Buffer.from(bytes)]);
      expect(files).toEqual([`tile/entries/000.p/${size}`, `tile/0/000.p/${size}`].map((path) => [path, readFileSync(join(folder, path))]));
    });
  }

  it("signs the empty tree first", () => {
    expect(verifyCheckpoint(readFileSync(join(folder, "checkpoint.0")), "example.com/log/testdata", key)).toMatchObject({
      checkpoint: { size: 0, root: Buffer.from(Tip.EMPTY.root()) },
    });
  });
});
