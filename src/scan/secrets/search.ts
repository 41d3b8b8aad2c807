import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import { withKeysBeside } from "./keys-beside.ts";
import { findPersonalData, type PersonalDatum } from "./personal.ts";
import { PIECE_BYTES } from "./prefilter.ts";
import { findPrivateKeys, KEY_BLOCK_BYTES } from "./private-key.ts";
import type { Secret } from "./secret.ts";
import { findTokens } from "./tokens.ts";
import type { TextExtent } from "./where.ts";

export interface Leaks {
  readonly secrets: readonly Secret[];
  readonly personal: readonly PersonalDatum[];
}

const BYTES_PER_STEP = 256;
/** Different secrets kept of one subject. */
const MAX_SECRETS = 100;

/** Searches the texts of a subject for what was left in them by mistake. Offsets are the subject's. One finding of each text, at its first place. */
export async function searchTexts(source: ByteSource, extents: readonly TextExtent[], budget: Budget): Promise<Leaks> {
  const secrets = new Map<string, Secret>();
  const personal = new Map<string, PersonalDatum>();
  for (const { offset, size, pickled, configuration } of extents) {
    for (let start = 0; start < size; start += PIECE_BYTES - KEY_BLOCK_BYTES) {
      const bytes = await piece(source, offset + start, Math.min(PIECE_BYTES, size - start));
      budget.steps(1 + Math.floor(bytes.length / BYTES_PER_STEP));
      const ends = { first: start === 0, last: start + bytes.length === size };
      for (const secret of secretsIn(bytes, pickled, budget)) if (isWhole(secret, bytes, ends)) keep(secrets, secret, offset + start);
      if (configuration && size <= PIECE_BYTES)
        for (const datum of findPersonalData(bytes, (steps) => budget.steps(steps))) keep(personal, datum, offset + start);
      if (ends.last) break;
    }
  }
  return { secrets: [...secrets.values()], personal: [...personal.values()] };
}

async function piece(source: ByteSource, offset: number, size: number): Promise<Buffer> {
  const bytes = await source.read(offset, size);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function secretsIn(bytes: Buffer, pickled: boolean, budget: Budget): readonly Secret[] {
  const spent = (steps: number) => budget.steps(steps);
  return withKeysBeside([...findTokens(bytes, { pickled, spent }), ...findPrivateKeys(bytes, spent)], bytes);
}

/** What an edge between two pieces may have cut lies whole in the other one: they overlap by more than any token is long. */
function isWhole({ kind, at, text }: Secret, bytes: Buffer, { first, last }: { readonly first: boolean; readonly last: boolean }): boolean {
  return kind === "private-key" || ((first || at > 0) && (last || at + text.length < bytes.length));
}

function keep<T extends { readonly at: number; readonly text: string }>(kept: Map<string, T>, found: T, offset: number): void {
  if (kept.size < MAX_SECRETS && !kept.has(found.text)) kept.set(found.text, { ...found, at: found.at + offset });
}
