import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import { countOf, type JsonNode, memberOf, textOf } from "../strict-json/node.ts";
import { readJson } from "../strict-json/read.ts";
import { readMember, type ZipFacts } from "../zip/index.ts";
import type { Ledger } from "./ledger.ts";
import { folderOf, plainName } from "./names.ts";

/** Index of the raw tensors of a torch.export archive, beside them. */
const CONFIG = /(?:^|\/)data\/(?:weights|constants)\/[^/]+_config\.json$/;
const MAX_CONFIG_BYTES = 64 * 1024 * 1024;

/** `ScalarType` of https://github.com/pytorch/pytorch/blob/main/torch/_export/serde/schema.py to bytes of one element. */
const SCALAR_BYTES: Readonly<Record<number, number>> = {
  1: 1, // byte
  2: 1, // char
  3: 2, // short
  4: 4, // int
  5: 8, // long
  6: 2, // half
  7: 4, // float
  8: 8, // double
  9: 4, // complex half
  10: 8, // complex float
  11: 16, // complex double
  12: 1, // bool
  13: 2, // bfloat16
  28: 2, // uint16
  29: 1, // float8 e4m3fn
  30: 1, // float8 e5m2
  31: 1, // float8 e4m3fnuz
  32: 1, // float8 e5m2fnuz
};

/**
 * Enters the raw tensors of a torch.export archive (schema `PayloadConfig`: `{config: {name: {path_name, use_pickle, tensor_meta}}}`). What is
 * stored as a pickle is left to be examined.
 */
export async function claimExported(archive: ByteSource, { members }: ZipFacts, ledger: Ledger, budget: Budget): Promise<void> {
  for (const name of ledger.names()) {
    if (!CONFIG.test(name)) continue;
    for (const index of ledger.at(name))
      for (const reading of members[index]?.readings ?? []) {
        const opened = await readMember(archive, reading, budget, MAX_CONFIG_BYTES);
        if (opened === null) continue;
        try {
          await enterConfig(opened.bytes, folderOf(name), ledger, budget);
        } finally {
          opened.close();
        }
      }
  }
}

async function enterConfig(bytes: ByteSource, folder: string, ledger: Ledger, budget: Budget): Promise<void> {
  if (bytes.size > MAX_CONFIG_BYTES) return;
  budget.hold(bytes.size);
  try {
    const { facts } = readJson(await bytes.read(0, bytes.size), budget);
    const config = memberOf(facts.root, "config");
    const payloads = config?.kind === "object" ? config.members : [];
    for (const { value } of payloads) enterPayload(value, folder, ledger);
    budget.release(facts.heldBytes);
  } finally {
    budget.release(bytes.size);
  }
}

function enterPayload(payload: JsonNode, folder: string, ledger: Ledger): void {
  const path = textOf(memberOf(payload, "path_name"));
  const pickled = memberOf(payload, "use_pickle");
  if (path === undefined || pickled?.kind !== "literal" || pickled.value !== false || !/^(?:weight|tensor)_\d{1,9}$/.test(path)) return;
  const { elements, bytes } = extentOf(memberOf(payload, "tensor_meta"));
  ledger.claim([plainName(folder + path)], { storageType: "tensor", bytes, elements });
}

/** Bytes from the start of the storage to behind the tensor's last element; null where a size is symbolic or the element type is new. */
function extentOf(meta: JsonNode | undefined): { readonly elements: number; readonly bytes: number | null } {
  const elementBytes = SCALAR_BYTES[countOf(memberOf(meta, "dtype")) ?? -1];
  const sizes = integersOf(memberOf(meta, "sizes"));
  const strides = integersOf(memberOf(meta, "strides"));
  const offset = countOf(memberOf(memberOf(meta, "storage_offset"), "as_int"));
  if (sizes === null || strides === null || sizes.length !== strides.length || offset === undefined) return { elements: 0, bytes: null };
  const elements = sizes.reduce((product, size) => product * size, 1);
  const last = sizes.reduce((sum, size, i) => sum + (size - 1) * (strides[i] ?? 0), 0);
  const bytes = elements === 0 ? 0 : (offset + last + 1) * (elementBytes ?? Number.NaN);
  return { elements: Number.isSafeInteger(elements) ? elements : 0, bytes: Number.isSafeInteger(bytes) ? bytes : null };
}

function integersOf(node: JsonNode | undefined): readonly number[] | null {
  if (node?.kind !== "array") return null;
  const counts = node.items.map((item) => countOf(memberOf(item, "as_int")));
  return counts.some((count) => count === undefined) ? null : counts.map((count) => count ?? 0);
}
