import type { ByteSource } from "../../bytes.ts";
import type { GgufFacts } from "../../formats/gguf/parse.ts";
import type { SafetensorsFacts } from "../../formats/safetensors/parse.ts";
import type { Budget } from "../../limits.ts";
import { LICENCE_KEYS, type LicenceClaim, type ModelCard } from "../declared.ts";
import { claimOf } from "../licence/claims.ts";

/** What one file says of the model. */
export interface FileDeclared {
  readonly licence: LicenceClaim | null;
  readonly card: ModelCard | null;
}

const NOTHING: FileDeclared = { licence: null, card: null };
/** The longest licence that is known has 40 kB; a file of several may be larger. */
const MAX_LICENCE_BYTES = 512 * 1024;
const BYTES_PER_STEP = 16;

/** Reads what a file of this kind says: a README's front matter, the text of a licence, or the metadata of a model. */
export async function declaredBy(
  from: LicenceClaim["from"],
  file: { readonly source: ByteSource; readonly facts: unknown; readonly path: string },
  budget: Budget,
): Promise<FileDeclared> {
  if (from === "card") return cardOf(file.source, file.path, budget);
  if (from === "text") return licenceText(file.source, file.path, budget);
  const { metadata } = file.facts as GgufFacts | SafetensorsFacts; // the formats whose files are of this kind
  const said = metadata.flatMap(({ key, value }) => (LICENCE_KEYS.has(key) && typeof value === "string" ? [value] : []));
  return { licence: claimOf(file.path, "metadata", said), card: null };
}

async function cardOf(source: ByteSource, path: string, budget: Budget): Promise<FileDeclared> {
  const { modelCard } = await import("../../formats/model-card/format.ts");
  const { kind, facts } = await modelCard.parse(source, budget);
  if (kind !== "parsed") return NOTHING;
  const { licences, licenceName, licenceLink, ...card } = facts;
  // `other` is what the hub wants for a licence that it has no id for; its name follows.
  const said = licenceName === null ? licences : [...licences, licenceName];
  return { licence: claimOf(path, "card", said), card: { path, licenceLink, ...card } };
}

async function licenceText(source: ByteSource, path: string, budget: Budget): Promise<FileDeclared> {
  if (source.size > MAX_LICENCE_BYTES) return NOTHING;
  budget.steps(1 + Math.floor(source.size / BYTES_PER_STEP));
  const { licencesOf } = await import("../licence/text.ts");
  const bytes = await source.read(0, source.size);
  const ids = licencesOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"));
  return ids.length === 0 ? NOTHING : { licence: { path, from: "text", ids: ids.toSorted(), said: [] }, card: null };
}
