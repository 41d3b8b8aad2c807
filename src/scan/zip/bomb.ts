import { type Finding, findingOf } from "../../finding.ts";
import type { ZipMember } from "../../formats/zip/facts.ts";
import { ZIP_RULES } from "./rules.ts";

/** Text and code compress tenfold, sparse data a hundredfold; deflate ends at 1032. */
const BOMB_RATIO = 100;
/** Below this, inflating costs nothing that matters. */
const BOMB_BYTES = 4 * 1024 * 1024;

/** Members out of all proportion, alone or in sum, as one finding. A declared array shape that accounts for the size is no bomb. */
export function bombFindings(members: readonly ZipMember[], archiveBytes: number, path: string): readonly Finding[] {
  let inflated = 0;
  let alone = 0;
  let worst: (Sizes & { readonly member: ZipMember }) | undefined;
  for (const member of members) {
    const sizes = sizesOf(member);
    if (sizes.explained) continue;
    inflated += sizes.inflatedBytes;
    if (!sizes.alone) continue;
    alone++;
    if (worst === undefined || sizes.inflatedBytes > worst.inflatedBytes) worst = { ...sizes, member };
  }
  const together = inflated >= BOMB_BYTES && inflated >= archiveBytes * BOMB_RATIO;
  if (worst === undefined && !together) return [];
  const title =
    worst === undefined
      ? `The archive of ${archiveBytes} bytes inflates to ${inflated} or more`
      : `Member ${(worst.member.names[0] ?? "").slice(0, 120)} inflates from ${worst.compressedBytes} to ${worst.inflatedBytes} bytes or more`;
  return [
    findingOf(ZIP_RULES.bomb, {
      severity: "medium",
      where: worst === undefined ? { path } : { path, offset: worst.member.at },
      title,
      proof: { archiveBytes, inflatedBytes: inflated, members: alone },
    }),
  ];
}

interface Sizes {
  readonly compressedBytes: number;
  readonly inflatedBytes: number;
  /** Its content says why it is so large. */
  readonly explained: boolean;
  /** Out of all proportion by itself. */
  readonly alone: boolean;
}

/** The largest reading of a member, stated or measured. */
function sizesOf({ readings }: ZipMember): Sizes {
  let compressedBytes = 0;
  let inflatedBytes = 0;
  for (const reading of readings) {
    if (reading.codec === "stored") continue;
    const bytes = Math.max(reading.size, reading.inflatedBytes ?? 0);
    if (bytes >= inflatedBytes) ({ compressedBytes, inflatedBytes } = { compressedBytes: reading.compressedSize, inflatedBytes: bytes });
  }
  const explained = readings.every(({ declaredArray }) => declaredArray === true);
  const alone = readings.some(({ check }) => check === "bomb") || (inflatedBytes >= BOMB_BYTES && inflatedBytes >= compressedBytes * BOMB_RATIO);
  return { compressedBytes, inflatedBytes, explained, alone };
}
