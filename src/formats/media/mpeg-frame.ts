/** Header of a frame of MPEG audio (ISO/IEC 11172-3, 2.4.1.3, and 13818-3). */
export interface MpegFrame {
  /** Version, layer and sample rate, which stay the same in a stream. */
  readonly kind: number;
  /** Bytes with the header. */
  readonly size: number;
}

/** In kbit/s by the index in the header, from 1 to 14: layers I, II and III of MPEG-1, then layer I, and layers II and III, of MPEG-2. */
const RATES = [
  [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const;
/** In Hz, of MPEG-1; a half of it in MPEG-2, a quarter in MPEG-2.5. */
const SAMPLE_RATES = [44_100, 48_000, 32_000] as const;
export const FRAME_HEADER_BYTES = 4;

/** The frame whose header stands there; null where none does. Frames of a free rate do not say their size, and are none. */
export function mpegFrameAt(bytes: Uint8Array, at: number): MpegFrame | null {
  const [sync = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
  const version = (second >> 3) & 3;
  const layer = 4 - ((second >> 1) & 3);
  const sampleRate = SAMPLE_RATES[(third >> 2) & 3];
  if (sync !== 0xff || (second & 0xe0) !== 0xe0 || version === 1 || layer === 4 || sampleRate === undefined) return null;
  const table = version === 3 ? layer - 1 : layer === 1 ? 3 : 4;
  const rate = RATES[table]?.[(third >> 4) - 1];
  if (rate === undefined) return null;
  const hertz = sampleRate / (version === 3 ? 1 : version === 2 ? 2 : 4);
  const padding = (third >> 1) & 1;
  const size =
    layer === 1
      ? (Math.floor((12_000 * rate) / hertz) + padding) * 4
      : Math.floor(((layer === 3 && version !== 3 ? 72_000 : 144_000) * rate) / hertz) + padding;
  return { kind: (version << 4) | (layer << 2) | ((third >> 2) & 3), size };
}
