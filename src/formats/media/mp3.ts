import { MAX_PARTS } from "../walked/facts.ts";
import type { Window } from "../walked/window.ts";
import { MAX_JOINED_BYTES, type MediaWalk } from "./facts.ts";
import { ID3_HEADER_BYTES, id3HeaderAt } from "./id3.ts";
import { packedFrames, withoutUnsynchronisation } from "./id3-frames.ts";
import { FRAME_HEADER_BYTES, type MpegFrame, mpegFrameAt } from "./mpeg-frame.ts";
import { Walking } from "./walking.ts";

const ID3V1_BYTES = 128;
const APE_HEADER_BYTES = 32;
/** How far a player looks for the next frame. */
const RESYNC_BYTES = 64 * 1024;
/** Frames in a row that make a place where sound goes on. */
const CONVINCING_FRAMES = 3;
const UNSYNCHRONISED = 0x80;

/** Tags (ID3, APE) and frames of MPEG audio of any layer to the end. Zeros are padding; other bytes between frames are skipped by players, and said. */
export async function walkMp3(window: Window): Promise<MediaWalk> {
  const walking = new Walking();
  let kind: number | null = null;
  for (let at = 0; at < window.size; ) {
    const tagEnd = await skipTag(window, at, walking);
    if (tagEnd !== null) {
      if (tagEnd > window.size) return walking.stops(at, "a tag runs past the end");
      at = tagEnd;
      continue;
    }
    const frame: MpegFrame | null = await frameAt(window, at);
    if (frame !== null && (kind === null || frame.kind === kind)) {
      kind = frame.kind;
      walking.parts++;
      at += frame.size; // the last one is often cut
      continue;
    }
    const next = await soundFrom(window, at);
    if (next === null) return walking.parts === 0 ? walking.stops(at, "no frame of sound stands here") : walking.endsAt(at);
    if (next.skipped > 0) walking.foreign(at, `${next.skipped} bytes are no frame of sound`);
    at = next.at;
    kind = null; // sounds that were put one behind the other need not be alike
  }
  return walking.parts === 0 ? walking.stops(window.size, "a tag without sound") : walking.endsAt(window.size);
}

async function frameAt(window: Window, at: number): Promise<MpegFrame | null> {
  const header = await window.take(at, FRAME_HEADER_BYTES);
  return header === null ? null : mpegFrameAt(header, 0);
}

/** Where the tag ends that begins there; null where none does. */
async function skipTag(window: Window, at: number, walking: Walking): Promise<number | null> {
  const head = await window.take(at, Math.min(APE_HEADER_BYTES, window.size - at));
  const text = head?.toString("latin1", 0, 8) ?? "";
  if (head === null) return null;
  if (text.startsWith("TAG") && walking.parts > 0 && at + ID3V1_BYTES <= window.size) return at + ID3V1_BYTES;
  if (text === "APETAGEX" && head.length === APE_HEADER_BYTES) return at + head.readUInt32LE(12) + APE_HEADER_BYTES;
  const tag = id3HeaderAt(head, 0);
  if (tag === null) return null;
  if (at + tag.size <= window.size) await lookIntoTag(window, at, tag, walking);
  return at + tag.size;
}

/** What a search of the tag's bytes does not see: frames that are compressed, and content that was kept from looking like sound. */
async function lookIntoTag(window: Window, at: number, tag: NonNullable<ReturnType<typeof id3HeaderAt>>, walking: Walking): Promise<void> {
  if (tag.size > MAX_JOINED_BYTES || walking.joined.length + walking.packed.length >= MAX_PARTS) return;
  const content = Buffer.from((await window.take(at + ID3_HEADER_BYTES, tag.size - ID3_HEADER_BYTES)) ?? []);
  window.work(content.length);
  const room = MAX_JOINED_BYTES - walking.joined.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if ((tag.flags & UNSYNCHRONISED) !== 0 && content.length <= room)
    walking.joined.push({ name: `tag@${at}`, bytes: withoutUnsynchronisation(content) });
  for (const { name, offset, size } of packedFrames(content, tag.version))
    if (walking.packed.length < MAX_PARTS) walking.packed.push({ name, offset: at + ID3_HEADER_BYTES + offset, size });
}

/** Where sound or a tag goes on behind padding or foreign bytes; null where it does not. */
async function soundFrom(window: Window, from: number): Promise<{ readonly at: number; readonly skipped: number } | null> {
  const start = await behindZeros(window, from);
  if (start === window.size) return { at: start, skipped: 0 };
  if (start > from) return { at: start, skipped: 0 };
  for (let at = await window.find(0xff, from); at !== null && at < from + RESYNC_BYTES; at = await window.find(0xff, at + 1))
    if (await isSound(window, at)) return { at, skipped: at - from };
  return null;
}

async function behindZeros(window: Window, from: number): Promise<number> {
  for (let at = from; at < window.size; ) {
    const piece = (await window.take(at, Math.min(4096, window.size - at))) ?? Buffer.alloc(0);
    const found = piece.findIndex((byte) => byte !== 0);
    if (found !== -1) return at + found;
    at += piece.length;
  }
  return window.size;
}

async function isSound(window: Window, from: number): Promise<boolean> {
  const first = await frameAt(window, from);
  let at = from;
  for (let frames = 0; frames < CONVINCING_FRAMES; frames++) {
    const frame = await frameAt(window, at);
    if (first === null || frame?.kind !== first.kind) return false;
    at += frame.size;
  }
  return true;
}
