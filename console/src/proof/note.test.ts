import { expect, it } from "vitest";
import example from "../../../test/vectors/tlog/worked-example.json" with { type: "json" };
import { toBase64 } from "./bytes.ts";
import { checkNote, type NotedCheckpoint, parseCheckpoint, parseLogKey } from "./note.ts";

function parsed(note: string): NotedCheckpoint {
  const checkpoint = parseCheckpoint(note);
  if (checkpoint === null) throw new Error("not a checkpoint");
  return checkpoint;
}

it.each(example.checkpoints)("reads and verifies the checkpoint of $size entries", async ({ note, size, text }) => {
  const checkpoint = parsed(note);
  expect(checkpoint).toMatchObject({ origin: example.origin, size, text });
  expect(await checkNote(checkpoint, example.log_vkey)).toEqual({
    kind: "verified",
    name: example.origin,
    keyId: example.log_key_id_hex,
    others: 0,
  });
});

it("counts a witness beside the log, and takes it for no signature of the log", async () => {
  const checkpoint = parsed(example.cosigned_checkpoint);
  expect(await checkNote(checkpoint, example.log_vkey)).toMatchObject({ kind: "verified", others: 1 });
  const [, witness] = checkpoint.signatures;
  expect(await checkNote({ ...checkpoint, signatures: witness === undefined ? [] : [witness] }, example.log_vkey)).toEqual({
    kind: "failed",
    why: "the log's own key did not sign it",
  });
});

it("refuses another text under the same signature", async () => {
  const [{ note } = { note: "" }] = example.checkpoints;
  const other = note.replace("\n1\n", "\n2\n");
  expect(await checkNote(parsed(other), example.log_vkey)).toEqual({ kind: "failed", why: "the signature is not over this text" });
});

it("refuses a key whose id does not follow from its name and bytes", async () => {
  expect(await parseLogKey(example.log_vkey.replace("+852cbb9f+", "+852cbb9e+"))).toBeNull();
  expect(await parseLogKey(example.witness.vkey)).toBeNull(); // another type
  expect(await parseLogKey(`${example.log_vkey} `)).toBeNull();
  expect(toBase64((await parseLogKey(example.log_vkey))?.publicKey ?? new Uint8Array())).toHaveLength(44);
});

it.each([
  ["no empty line", "log\n1\nQHZrIDNCkCb1PVRQJnmoOXBrR0H43K86i7pfQbX/4HU=\n"],
  ["no signature", "log\n1\nQHZrIDNCkCb1PVRQJnmoOXBrR0H43K86i7pfQbX/4HU=\n\n"],
  ["a size with a leading zero", "log\n01\nQHZrIDNCkCb1PVRQJnmoOXBrR0H43K86i7pfQbX/4HU=\n\n\u2014 log hSy7n598kyY=\n"],
  ["a root of other length", "log\n1\nQHZr\n\n\u2014 log hSy7n598kyY=\n"],
  ["a control character", "l\tog\n1\nQHZrIDNCkCb1PVRQJnmoOXBrR0H43K86i7pfQbX/4HU=\n\n\u2014 log hSy7n598kyY=\n"],
  ["a hyphen for the dash", "log\n1\nQHZrIDNCkCb1PVRQJnmoOXBrR0H43K86i7pfQbX/4HU=\n\n- log hSy7n598kyY=\n"],
])("refuses a note with %s", (_, note) => expect(parseCheckpoint(note)).toBeNull());
