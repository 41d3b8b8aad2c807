import { bytesOf } from "../../bytes.ts";
import { bySeverity, type Finding } from "../../finding.ts";
import { inflate } from "../../formats/compressed/inflate.ts";
import { executableKind } from "../../formats/executable/detect.ts";
import { pickleFormat } from "../../formats/pickle/format.ts";
import { looksLikePickle } from "../../formats/pickle/looks-like.ts";
import type { Budget } from "../../limits.ts";
import { pickleExaminer } from "../pickle/index.ts";

/** What letters stand for that a program could load or start. */
export type Program = { readonly kind: "executable" } | { readonly kind: "pickle"; readonly worst: Finding };

const MAX_LAYERS = 3;
const MAX_INFLATED_BYTES = 4 * 1024 * 1024;
const LEAST_BYTES = 12;
const PACKED = { gzip: [0x1f, 0x8b], zlib: [0x78] } as const;

/** Whether first bytes are those of something that `programIn` looks for. */
export function mayBeProgram(head: Buffer): boolean {
  return head.length >= LEAST_BYTES && (packingOf(head) !== null || looksLikePickle(head, head.length + 1) || isMachineCode(head));
}

/** What these bytes are; null for data, and for a pickle that does nothing but build values. Layers of zlib and gzip are taken off. */
export async function programIn(bytes: Buffer, budget: Budget, layer = 1): Promise<Program | null> {
  if (bytes.length < LEAST_BYTES) return null;
  const source = bytesOf(bytes);
  const packing = packingOf(bytes);
  if (packing !== null && layer < MAX_LAYERS) {
    const pieces: Buffer[] = [];
    let size = 0;
    await inflate(packing, source, budget, (piece) => {
      if (size < MAX_INFLATED_BYTES) pieces.push(Buffer.from(piece));
      size += piece.length;
    });
    return programIn(Buffer.concat(pieces), budget, layer + 1);
  }
  if (isMachineCode(bytes) && (await executableKind({ head: bytes.subarray(0, 4096), tail: bytes, size: bytes.length, at: source.read })) !== null)
    return { kind: "executable" };
  if (!looksLikePickle(bytes, bytes.length)) return null;
  const { findings } = pickleExaminer.examine(await pickleFormat.parse(source, budget), { path: "", name: "", size: bytes.length, containers: [] });
  const [worst] = findings.filter(({ severity }) => bySeverity(severity, "high") <= 0).sort((a, b) => bySeverity(a.severity, b.severity));
  return worst === undefined ? null : { kind: "pickle", worst };
}

function packingOf(bytes: Buffer): "gzip" | "zlib" | null {
  if (bytes[0] === PACKED.gzip[0] && bytes[1] === PACKED.gzip[1]) return "gzip";
  return bytes[0] === PACKED.zlib[0] && bytes.readUInt16BE(0) % 31 === 0 ? "zlib" : null;
}

function isMachineCode(bytes: Buffer): boolean {
  return /^(?:\x7fELF|MZ|[\xce\xcf]\xfa\xed\xfe)/.test(bytes.toString("latin1", 0, 4));
}
