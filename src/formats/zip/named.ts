import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import type { ZipFacts } from "./facts.ts";
import { readMember } from "./read-member.ts";

export interface NamedMember {
  /** Index into `members`. */
  readonly index: number;
  /** The whole of it; null where no decoder exists, or it is larger than was asked for. */
  readonly bytes: Uint8Array | null;
}

/**
 * Every reading of every member that some reader finds under one name, whole, for formats that are a zip archive with an index in it. The bytes are
 * held in the budget until the next one is asked for.
 */
export async function* readNamed(
  archive: ByteSource,
  { members }: ZipFacts,
  isNamed: (name: string) => boolean,
  budget: Budget,
  most: number,
): AsyncGenerator<NamedMember> {
  for (const [index, { names, readings, directory, encrypted }] of members.entries()) {
    if (directory || encrypted || !names.some(isNamed)) continue;
    for (const reading of readings) {
      const opened = await readMember(archive, reading, budget, most);
      if (opened === null || opened.bytes.size > most) {
        opened?.close();
        yield { index, bytes: null };
        continue;
      }
      const { size } = opened.bytes;
      budget.hold(size);
      try {
        yield { index, bytes: await opened.bytes.read(0, size) };
      } finally {
        budget.release(size);
        opened.close();
      }
    }
  }
}
