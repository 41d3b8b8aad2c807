/** Signatures of APPNOTE 4.3, and the sizes of what bears them as far as they are fixed. */
export const LOCAL = 0x04034b50;
export const CENTRAL = 0x02014b50;
export const DESCRIPTOR = 0x08074b50;
export const END = 0x06054b50;
export const END64 = 0x06064b50;
export const LOCATOR64 = 0x07064b50;

/** As it stands in bytes. */
export const END_SIGNATURE = Buffer.from("PK\x05\x06", "latin1");

export const END_BYTES = 22;
export const LOCAL_BYTES = 30;

/** An end record lies at most this far from the end, when nothing is appended. */
export const TAIL_BYTES = END_BYTES + 0xffff;
