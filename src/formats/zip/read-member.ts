import { type ByteSource, bytesOf, sliceOf } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import { inflate } from "../compressed/inflate.ts";
import type { ZipReading } from "./facts.ts";

export interface OpenMember {
  readonly bytes: ByteSource;
  close(): void;
}

/** Opens one reading of a member, for formats that need an index inside the archive. Null where no decoder exists, or it inflates to more than `most`. */
export async function readMember(archive: ByteSource, reading: ZipReading, budget: Budget, most: number): Promise<OpenMember | null> {
  const { codec, offset, compressedSize, size } = reading;
  if (codec === null) return null;
  const slice = sliceOf(archive, offset, compressedSize);
  if (codec === "stored") return { bytes: slice, close() {} };
  if ((reading.inflatedBytes ?? size) > most) return null;
  const pieces: Uint8Array[] = [];
  let held = 0;
  const close = () => {
    budget.release(held);
    held = 0;
  };
  try {
    await inflate(
      codec,
      slice,
      budget,
      (piece) => {
        if (held + piece.length > most) return;
        budget.hold(piece.length);
        held += piece.length;
        pieces.push(Uint8Array.from(piece));
      },
      size,
    );
  } catch (error) {
    close();
    throw error;
  }
  return { bytes: bytesOf(Buffer.concat(pieces)), close };
}
