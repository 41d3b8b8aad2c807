import type { Packing } from "../../format.ts";

export interface Method {
  readonly name: string;
  /** Which decoder reads it. */
  readonly method?: Packing["method"];
  /** Which filter of the xz format it is. */
  readonly filter?: number;
  readonly copy?: true;
  readonly encrypts?: true;
}

/** Method ids of 7-Zip (DOC/Methods.txt of its source), in hexadecimal. */
export const METHODS: Readonly<Record<string, Method>> = {
  "00": { name: "Copy", copy: true },
  "03": { name: "Delta", filter: 3 },
  "04": { name: "BCJ", filter: 4 },
  "05": { name: "PPC", filter: 5 },
  "06": { name: "IA64", filter: 6 },
  "07": { name: "ARM", filter: 7 },
  "08": { name: "ARMT", filter: 8 },
  "09": { name: "SPARC", filter: 9 },
  "0a": { name: "ARM64", filter: 10 },
  "0b": { name: "RISCV" },
  "21": { name: "LZMA2", method: "lzma2" },
  "030101": { name: "LZMA", method: "lzma" },
  "03030103": { name: "BCJ", filter: 4 },
  "0303011b": { name: "BCJ2" },
  "03030205": { name: "PPC", filter: 5 },
  "03030401": { name: "IA64", filter: 6 },
  "03030501": { name: "ARM", filter: 7 },
  "03030701": { name: "ARMT", filter: 8 },
  "03030805": { name: "SPARC", filter: 9 },
  "030401": { name: "PPMd" },
  "040108": { name: "Deflate", method: "deflate" },
  "040109": { name: "Deflate64", method: "deflate64" },
  "040202": { name: "BZip2", method: "bzip2" },
  "04f71101": { name: "Zstandard", method: "zstd" },
  "04f71102": { name: "Brotli" },
  "04f71104": { name: "LZ4" },
  "04f71105": { name: "LZ5" },
  "04f71106": { name: "Lizard" },
  "06f10101": { name: "ZipCrypto", encrypts: true },
  "06f10701": { name: "AES-256", encrypts: true },
};

export function methodOf(id: string): Method {
  return METHODS[id] ?? { name: `method ${id.slice(0, 32)}` };
}
