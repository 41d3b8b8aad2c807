import type { ByteSource } from "../bytes.ts";
import type { ChildRef, FormatId } from "../format.ts";
import type { KeptInflations } from "./kept-inflations.ts";
import type { Opened } from "./open-region.ts";
import { SharedBytes } from "./shared-bytes.ts";

/** How many times over the children of one container may claim its bytes. Lying headers and second names make two or three of one. */
const MOST_PASSES = 8;
/** Below this it takes no time that matters. */
const LEAST_CLAIMED_BYTES = 256 * 1024 * 1024;

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

/** A frame before its first child. Where its children claim too much together, those that claim little come first: what the others share is in them. */
export function frameOf(opened: Omit<Frame, "visited" | "shared" | "claimed">): Frame {
  const { source, hidden } = opened;
  const all = hidden ? 0 : opened.children.reduce((sum, child) => sum + claimOf(child), 0);
  const children = all > mostClaimed(source.size) ? opened.children.toSorted((a, b) => claimOf(a) - claimOf(b)) : opened.children;
  return { ...opened, children, visited: 0, shared: new SharedBytes(children), claimed: 0 };
}

/** Whether a child's claim is too much, after those before it. Members that lie over one another make a small archive into any amount of work. */
export function claimsTooMuch(frame: Frame, child: ChildRef): boolean {
  if (frame.hidden) return false;
  frame.claimed += claimOf(child);
  return frame.claimed > mostClaimed(frame.source.size);
}

function mostClaimed(containerBytes: number): number {
  return Math.max(MOST_PASSES * containerBytes, LEAST_CLAIMED_BYTES);
}

/** Bytes of its container that have to be read to examine a child. */
function claimOf({ region, treatment }: ChildRef): number {
  if (treatment !== "examine" || region.in === "memory") return 0;
  return region.in === "slice" ? region.size : region.in === "compressed" ? region.compressedSize : region.packedSize;
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
