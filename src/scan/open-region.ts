import { type ByteSource, bytesOf, sliceOf } from "../bytes.ts";
import type { Region } from "../format.ts";
import { lazily } from "../lazily.ts";
import { type Budget, LimitError } from "../limits.ts";
import { Spool } from "./spool.ts";

const engine = lazily(() => import("../formats/compressed/inflate.ts"));

export interface Opened {
  readonly source: ByteSource;
  /** Set when decompression stopped early: what came before is in `source`. */
  readonly trouble?: { readonly kind: "broken" | "limit"; readonly why: string };
  /** Gives memory and spool file back. */
  dispose(): void;
}

/** Makes the bytes of a child readable. Compressed ones are inflated into memory, or beyond a bound into a spool file without a name. */
export async function openRegion(parent: ByteSource, region: Region, budget: Budget): Promise<Opened> {
  if (region.in === "slice") return { source: sliceOf(parent, region.offset, region.size), dispose() {} };
  if (region.in === "memory") return { source: bytesOf(region.bytes), dispose() {} };
  const { inflate, troubleOf, unpack } = await engine();
  const spool = new Spool(budget);
  try {
    const keep = (piece: Uint8Array) => spool.write(piece);
    const result =
      region.in === "packed"
        ? await unpack(region.packing, sliceOf(parent, region.offset, region.packedSize), budget, keep)
        : await inflate(region.codec, sliceOf(parent, region.offset, region.compressedSize), budget, keep, region.size);
    const trouble = troubleOf(result);
    return { source: spool.source(), ...(trouble === undefined ? {} : { trouble }), dispose: () => spool.dispose() };
  } catch (error) {
    if (!(error instanceof LimitError)) {
      spool.dispose();
      throw error;
    }
    return { source: spool.source(), trouble: { kind: "limit", why: error.message }, dispose: () => spool.dispose() };
  }
}
