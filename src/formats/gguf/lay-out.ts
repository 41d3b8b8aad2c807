import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import { type Extent, fewExtents, layoutOf, type Span } from "../safetensors/layout.ts";
import { type Anomalies, shown } from "../strict-json/anomalies.ts";
import { countText } from "./cursor.ts";
import type { TensorInfo } from "./tensor-info.ts";

interface Section {
  readonly headerEnd: number;
  readonly dataStart: number;
  readonly alignment: number;
  readonly tensors: readonly TensorInfo[];
}

/** Zeros are looked for in pieces of this size. */
const PIECE_BYTES = 65_536;
/** Larger alignments than pages do not occur: what is longer is no padding, whatever the file says of its alignment. */
const MAX_PADDING = 65_536;

/** Checks where tensors lie and returns what none of them owns. Padding to the alignment is owned as long as it is zeros. */
export async function layOut(section: Section, bytes: ByteSource, budget: Budget, anomalies: Anomalies): Promise<readonly Extent[]> {
  for (const tensor of section.tensors) checkPlace(tensor, section, bytes.size, anomalies);
  const layout = layoutOf(spansOf(section, bytes.size), section.headerEnd, bytes.size);
  for (const { begin, end, first, second } of layout.overlaps)
    anomalies.add("overlap", begin, `tensors ${shown(first)} and ${shown(second)} share ${end - begin} bytes`);
  const unowned: Extent[] = [];
  for (const gap of layout.gaps) {
    const what = await unpadded(gap, section.alignment, bytes, budget);
    if (what === null) continue;
    unowned.push(gap);
    anomalies.add(what, gap.begin, `${gap.end - gap.begin} bytes at ${gap.begin} belong to no tensor${what === "gap" ? "" : " and are not zeros"}`);
  }
  const { trailing } = layout;
  if (trailing !== null && (await unpadded(trailing, section.alignment, bytes, budget)) !== null) {
    unowned.push(trailing);
    anomalies.add(
      "trailing-bytes",
      trailing.begin,
      `${trailing.end - trailing.begin} bytes follow ${section.tensors.length === 0 ? "the header" : "the last tensor"}`,
    );
  }
  return fewExtents(unowned);
}

function checkPlace({ name, at, offset, bytes }: TensorInfo, { dataStart, alignment }: Section, size: number, anomalies: Anomalies): void {
  if (offset % alignment !== 0)
    anomalies.add("misaligned", at, `tensor ${shown(name)} lies at ${countText(offset)}, which is not a multiple of ${alignment}`);
  if (dataStart + offset + (bytes ?? 0) > size)
    anomalies.add(
      "out-of-range",
      at,
      `tensor ${shown(name)} claims ${bytes === null ? "unknown" : countText(bytes)} bytes at ${countText(offset)} of ${size - dataStart}: the file is truncated or its header lies`,
    );
}

/** Spans in the file. A tensor of unknown size is taken to reach to the next one. */
function spansOf({ dataStart, tensors }: Section, size: number): readonly Span[] {
  const sorted = tensors.toSorted((a, b) => a.offset - b.offset);
  let next = size;
  const spans: Span[] = [];
  for (let i = sorted.length - 1; i >= 0; i--) {
    const tensor = sorted[i];
    if (tensor === undefined) continue;
    const begin = dataStart + tensor.offset;
    spans.push({ name: tensor.name, begin, end: tensor.bytes === null ? Math.max(next, begin) : begin + tensor.bytes });
    if (tensor.offset !== sorted[i - 1]?.offset) next = begin;
  }
  return spans.reverse();
}

/** Null for padding of zeros; `padding` for padding with something in it; `gap` for what is too long to be padding. */
async function unpadded(extent: Extent, alignment: number, bytes: ByteSource, budget: Budget): Promise<"gap" | "padding" | null> {
  const length = extent.end - extent.begin;
  if (length >= Math.min(alignment, MAX_PADDING)) return "gap";
  if (await isZero(extent, bytes, budget)) return null;
  return length < 64 ? "padding" : "gap";
}

async function isZero({ begin, end }: Extent, bytes: ByteSource, budget: Budget): Promise<boolean> {
  for (let at = begin; at < end; at += PIECE_BYTES) {
    const piece = await bytes.read(at, Math.min(PIECE_BYTES, end - at));
    budget.steps(1 + (piece.length >> 4));
    if (piece.some((byte) => byte !== 0)) return false;
  }
  return true;
}
