import { parseCheckpoint } from "../../src/log/checkpoint.ts";
import { decodeEntries, encodeEntries } from "../../src/log/entry-bundle.ts";
import { parseNote, signatureLine, verifyNote } from "../../src/log/note.ts";
import { parseVerifierKey } from "../../src/log/note-key.ts";
import { formatProofFile, parseProofFile } from "../../src/log/proof-file.ts";
import { parseTilePath, tilePath } from "../../src/log/tile-paths.ts";
import notes from "../vectors/tlog/notes.json" with { type: "json" };
import example from "../vectors/tlog/worked-example.json" with { type: "json" };
import type { FuzzTarget, Random } from "./target.ts";

const verifiers = [...notes.map(({ vkey }) => vkey), example.log_vkey, example.witness.vkey].map(parseVerifierKey);
const texts = [
  ...notes.map(({ note }) => note),
  example.cosigned_checkpoint,
  example.tlog_proof_entry2,
  example.entry_bundle_hex,
  "tile/0/x001/x234/067.p/9",
];
/** Every text that a known key signed: nothing else may ever verify. */
const signed = new Set([...notes, { note: example.cosigned_checkpoint }].map(({ note }) => note.slice(0, note.lastIndexOf("\n\n") + 1)));

const PIECES = [
  "\n",
  "\n\n",
  "— ",
  "-",
  " ",
  "\r",
  "\0",
  "\u00a0",
  "\u2028",
  "=",
  "+",
  "/",
  "0",
  "9007199254740993",
  "PeterNeumann",
  "index 2",
  "extra ",
  "x001/",
  ".p/",
];

/** Notes, checkpoints, proof files, entry bundles and tile paths, as a stranger's log or client may send them. */
const target: FuzzTarget = {
  name: "note",
  async seeds() {
    return [...texts.map((text) => Buffer.from(text)), Buffer.from(example.entry_bundle_hex, "hex")];
  },
  /** Moves, repeats and removes lines and the pieces that the grammar is made of. */
  mutate(seed: Uint8Array, random: Random) {
    const lines = Buffer.from(seed).toString("utf8").split("\n");
    const at = random.below(lines.length);
    switch (random.below(4)) {
      case 0:
        lines.splice(at, 1);
        break;
      case 1:
        lines.splice(at, 0, random.pick(lines));
        break;
      case 2:
        lines.splice(at, 0, ...random.pick(texts).split("\n").slice(-3));
        break;
      default: {
        const line = lines[at] ?? "";
        const cut = random.below(line.length + 1);
        lines[at] = line.slice(0, cut) + random.pick(PIECES) + line.slice(cut + random.below(3));
      }
    }
    return Buffer.from(lines.join("\n"));
  },
  async check(bytes: Uint8Array) {
    checkNote(bytes);
    checkProofFile(Buffer.from(bytes).toString("utf8"));
    const entries = decodeEntries(bytes);
    if (entries !== undefined && Buffer.compare(encodeEntries(entries), bytes) !== 0)
      throw new Error("a bundle that is written otherwise than it was read");
    const path = Buffer.from(bytes).toString("latin1");
    const name = parseTilePath(path);
    if (name !== undefined && tilePath(name) !== path) throw new Error(`two spellings of one tile: ${path}`);
  },
};
export default target;

function checkNote(bytes: Uint8Array): void {
  const parsed = parseNote(bytes);
  const verified = verifyNote(bytes, verifiers);
  if (verified.kind === "verified" && !signed.has(verified.note.text)) throw new Error("a text verified that nobody signed");
  if (parsed.kind === "broken") return;
  const { text, signatures } = parsed.note;
  const written = `${text}\n${signatures.map((signature) => signatureLine(signature, signature.signature)).join("")}`;
  if (Buffer.compare(Buffer.from(written), bytes) !== 0) throw new Error("a note that is written otherwise than it was read");
  const checkpoint = parseCheckpoint(text);
  if (checkpoint.kind === "parsed" && !Number.isSafeInteger(checkpoint.checkpoint.size)) throw new Error("a size that is no safe integer");
}

function checkProofFile(text: string): void {
  const parsed = parseProofFile(text);
  if (parsed.kind === "parsed" && formatProofFile(parsed.file) !== text) throw new Error("a proof file that is written otherwise than it was read");
}
