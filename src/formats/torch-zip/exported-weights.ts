import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import { readMember, type ZipFacts } from "../zip/index.ts";
import type { AccountedStorage } from "./facts.ts";

const CONFIG = /(?:^|\/)data\/(?:weights|constants)\/[^/]+_config\.json$/;
const MAX_CONFIG_BYTES = 16 * 1024 * 1024;

/** Bytes of one element by number. https://github.com/pytorch/pytorch/blob/main/torch/_export/serde/schema.py (ScalarType) */
const ELEMENT_BYTES: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 2,
  7: 4,
  8: 8,
  9: 4,
  10: 8,
  11: 16,
  12: 1,
  13: 2,
  28: 2,
  29: 1,
  30: 1,
};

/** Raw weights of an exported program: its configuration names the members and the shapes that account for their bytes. */
export async function exportedWeights(archive: ByteSource, { members }: ZipFacts, budget: Budget): Promise<readonly AccountedStorage[]> {
  const storages: AccountedStorage[] = [];
  for (const { names, readings, encrypted } of members) {
    const [name = ""] = names;
    const [reading] = readings;
    if (encrypted || reading === undefined || !CONFIG.test(name)) continue;
    const opened = await readMember(archive, reading, budget, MAX_CONFIG_BYTES);
    if (opened === null) continue;
    if (opened.bytes.size <= MAX_CONFIG_BYTES) {
      budget.steps(Math.ceil(opened.bytes.size / 16));
      const text = Buffer.from(await opened.bytes.read(0, opened.bytes.size)).toString("utf8");
      storages.push(...weightsIn(text, name.slice(0, name.lastIndexOf("/") + 1)));
    }
    opened.close();
  }
  return storages;
}

function weightsIn(text: string, folder: string): readonly AccountedStorage[] {
  const entries = field(parsed(text), "config");
  if (typeof entries !== "object" || entries === null) return [];
  return Object.values(entries).flatMap((entry: unknown) => {
    const file = field(entry, "path_name");
    const bytes = tensorBytes(field(entry, "tensor_meta"));
    return typeof file === "string" && field(entry, "use_pickle") === false && bytes !== null ? [{ member: folder + file, bytes }] : [];
  });
}

function tensorBytes(meta: unknown): number | null {
  const sizes = field(meta, "sizes");
  const width = ELEMENT_BYTES[Number(field(meta, "dtype"))];
  if (!Array.isArray(sizes) || width === undefined) return null;
  const bytes = sizes.reduce((product: number, size: unknown) => product * Number(field(size, "as_int")), width);
  return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : null;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined; // narrowed to an object that has it
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
