import type { ByteSource } from "../../bytes.ts";

export interface ExtendedHeader {
  readonly bytes: number;
  /** Where the FlatBuffer ends. */
  readonly programSize: number;
  readonly segmentBase: number;
}

/**
 * The extended header behind the identifier: `eh00` or `FH01`, its length, and where program and segments lie. Null for old files without one.
 * https://github.com/pytorch/executorch/blob/main/schema/extended_header.h, extension/flat_tensor/serialize/flat_tensor_header.h
 */
export async function extendedHeader(source: ByteSource): Promise<ExtendedHeader | null> {
  if (source.size < 48) return null;
  const head = Buffer.from(await source.read(8, 40));
  const magic = head.toString("latin1", 0, 4);
  const bytes = head.readUInt32LE(4);
  const at = (offset: number) => Number(head.readBigUInt64LE(offset));
  if (magic === "eh00" && bytes >= 24) return { bytes, programSize: at(8), segmentBase: at(16) };
  if (magic === "FH01" && bytes >= 40) return { bytes, programSize: at(8) + at(16), segmentBase: at(24) };
  return null;
}
