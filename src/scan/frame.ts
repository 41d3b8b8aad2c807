import type { ByteSource } from "../bytes.ts";
import type { ChildRef, FormatId } from "../format.ts";
import type { KeptInflations } from "./kept-inflations.ts";
import type { Opened } from "./open-region.ts";
import { SharedBytes } from "./shared-bytes.ts";

/** How many times over the children of one container may claim its bytes. Lying headers and second names make two or three of one. */
export const MOST_PASSES = 8;
const LEAST_CLAIMED_BYTES = 1024 * 1024;

/** One subject that is open, with the children that are still to be visited. */
export interface Frame {
  readonly source: ByteSource;
  readonly path: string;
  readonly formats: readonly FormatId[];
  readonly containers: readonly FormatId[];
  /** Set on a child found in bytes that nobody owns: what is wrong inside it is then hidden content. */
  readonly hidden: boolean;
  /** Its parser said already that it is broken: that a stream inside it is, too, is the same news. */
  readonly broken: boolean;
  readonly children: readonly ChildRef[];
  visited: number;
  readonly shared: SharedBytes;
  readonly kept: KeptInflations;
  /** Bytes that its children claim of it, as far as they were opened. */
  claimed: number;
  readonly dispose: () => void;
}

/** A frame before its first child. */
export function frameOf(opened: Omit<Frame, "visited" | "shared" | "claimed">): Frame {
  return { ...opened, visited: 0, shared: new SharedBytes(opened.children), claimed: 0 };
}

/** Whether a child's claim is too much. Members that lie over one another make a small archive into any amount of work. */
export function claimsTooMuch(frame: Frame, { region, treatment }: ChildRef): boolean {
  if (treatment !== "examine" || frame.hidden || !("offset" in region)) return false;
  frame.claimed += "compressedSize" in region ? region.compressedSize : "packedSize" in region ? region.packedSize : region.size;
  return frame.claimed > Math.max(MOST_PASSES * frame.source.size, LEAST_CLAIMED_BYTES);
}

/** Stands in the place of a block of files, as far as it could be unpacked: the files are children of what the block lies in. */
export function partsOf(frame: Frame, parts: readonly ChildRef[], { source, dispose }: Opened): Frame {
  return frameOf({ ...frame, source, children: within(parts, source.size), dispose });
}

function within(parts: readonly ChildRef[], size: number): readonly ChildRef[] {
  return parts.flatMap((part): readonly ChildRef[] => {
    if (part.region.in !== "slice" || part.region.offset >= size) return [];
    const { offset } = part.region;
    return [{ ...part, region: { in: "slice", offset, size: Math.min(part.region.size, size - offset) } }];
  });
}
