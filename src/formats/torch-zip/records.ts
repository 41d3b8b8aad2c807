import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import { readMember, type ZipFacts } from "../zip/index.ts";
import { plainName } from "./names.ts";

/**
 * Records of one number or word that torch writes beside its pickle, with all that they may say. Such a text under such a name is no format of its
 * own. https://github.com/pytorch/pytorch/blob/main/caffe2/serialize/inline_container.cc, torch/serialization.py (`_save`)
 */
const RECORDS: readonly { readonly name: RegExp; readonly content: RegExp }[] = [
  { name: /(?:^|\/)(?:\.data\/)?version$/, content: /^\d{1,4}(?:\.\d{1,4}){0,2}\n?$/ },
  { name: /(?:^|\/)byteorder$/, content: /^(?:little|big)$/ },
  { name: /(?:^|\/)\.format_version$/, content: /^\d{1,4}$/ },
  { name: /(?:^|\/)\.storage_alignment$/, content: /^\d{1,8}$/ },
  { name: /(?:^|\/)\.data\/serialization_id$/, content: /^\d{40}$/ },
  { name: /(?:^|\/)archive_format$/, content: /^pt2$/ },
  { name: /(?:^|\/)archive_version$/, content: /^\d{1,4}$/ },
];
const MAX_RECORD_BYTES = 40;

/** Indices of the members that are such records, read whole. A member with two names or two readings is none. */
export async function recordsOf(archive: ByteSource, { members }: ZipFacts, budget: Budget): Promise<readonly number[]> {
  const records: number[] = [];
  for (const [index, { names, readings }] of members.entries()) {
    const [name = ""] = names;
    const [reading] = readings;
    if (reading === undefined || names.length > 1 || readings.length > 1 || reading.size > MAX_RECORD_BYTES) continue;
    const record = RECORDS.find((each) => each.name.test(plainName(name)));
    if (record === undefined) continue;
    const opened = await readMember(archive, reading, budget, MAX_RECORD_BYTES);
    if (opened === null) continue;
    const { bytes } = opened;
    if (bytes.size <= MAX_RECORD_BYTES && record.content.test(Buffer.from(await bytes.read(0, bytes.size)).toString("latin1"))) records.push(index);
    opened.close();
  }
  return records;
}
