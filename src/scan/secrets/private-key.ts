import type { Secret } from "./secret.ts";

/** The longest key block that is read: an RSA key of 16,384 bits has 12,700 characters. */
export const KEY_BLOCK_BYTES = 16 * 1024;

const HEADER = /-----BEGIN ((?:[A-Z0-9]{1,12} ){0,2})PRIVATE KEY( BLOCK)?-----/y;
/** `-----BEGIN ` and the longest name. */
const HEADER_BYTES = 11 + 26;
const OPENSSH_MAGIC = "openssh-key-v1\0";
/** A secret key packet of OpenPGP, in the old and the new form (RFC 9580, 4.2). */
const PGP_SECRET_KEY: ReadonlySet<number> = new Set([0x94, 0x95, 0x96, 0xc5]);

/** Private keys in PEM or OpenPGP armour that decode, in order. A block that was cut for a document does not. */
export function findPrivateKeys(bytes: Buffer, spent: (steps: number) => void): readonly Secret[] {
  const keys: Secret[] = [];
  for (let at = bytes.indexOf(MARK); at !== -1; at = bytes.indexOf(MARK, at + MARK.length)) {
    spent(16);
    const key = keyAround(bytes, at, spent);
    if (key !== null) keys.push(key);
  }
  return keys;
}

const MARK = Buffer.from("PRIVATE KEY");

function keyAround(bytes: Buffer, mark: number, spent: (steps: number) => void): Secret | null {
  const begin = bytes.lastIndexOf("-----BEGIN ", mark);
  if (begin === -1 || mark - begin > HEADER_BYTES) return null;
  HEADER.lastIndex = 0;
  const header = HEADER.exec(bytes.toString("latin1", begin, mark + 32));
  if (header === null) return null;
  const from = begin + header[0].length;
  const end = bytes.subarray(from, from + KEY_BLOCK_BYTES).indexOf("-----END ");
  if (end === -1) return null;
  spent(end >> 3);
  const body = base64Of(bytes.toString("latin1", from, from + end));
  const protection = body === null ? "none" : protectionOf((header[1] ?? "").trim(), header[2] !== undefined, Buffer.from(body.text, "base64"));
  if (body === null || protection === "none") return null;
  const isOpen = protection === "open" && !body.encrypted;
  return {
    kind: "private-key",
    rule: "private-key",
    name: isOpen ? "a private key" : "a private key under a passphrase",
    severity: isOpen ? "medium" : "low",
    at: begin,
    text: body.text,
  };
}

/** The base64 in a block, whatever quotes, escapes and indentation the file around it needs; null where there is anything else. */
function base64Of(block: string): { readonly text: string; readonly encrypted: boolean } | null {
  const plain = block.replace(/\\+[nrt]/g, "\n").replace(/\\\//g, "/");
  const encrypted = /^\W*Proc-Type: 4,ENCRYPTED/.test(plain);
  const lines = plain.split("\n").filter((line) => !/^\W*[A-Za-z][A-Za-z-]{2,20}: /.test(line));
  const text = lines
    .join("")
    .replace(/[\s"',|>\\]/g, "")
    .replace(/=[0-9A-Za-z+/]{4}$/, ""); // the checksum of OpenPGP armour
  return /^[0-9A-Za-z+/]{40,}={0,2}$/.test(text) ? { text, encrypted } : null;
}

/** `open`: the key can be used as it is. `none`: it is no key. */
function protectionOf(kind: string, block: boolean, key: Buffer): "open" | "locked" | "none" {
  if (kind === "PGP") return block && PGP_SECRET_KEY.has(key[0] ?? 0) ? "open" : "none";
  if (kind === "OPENSSH") {
    if (key.toString("latin1", 0, OPENSSH_MAGIC.length) !== OPENSSH_MAGIC) return "none";
    return key.toString("latin1", OPENSSH_MAGIC.length + 4, OPENSSH_MAGIC.length + 8) === "none" ? "open" : "locked";
  }
  const content = derSequence(key);
  if (content === null) return kind === "RSA" || kind === "EC" || kind === "DSA" ? opaque(key) : "none";
  if (kind === "ENCRYPTED") return "locked";
  return key[content] === 0x02 && key[content + 1] === 0x01 ? "open" : "none"; // the version, with which every private key begins (RFC 5208, 8017, 5915)
}

/** The old form of a key under a passphrase is a whole number of cipher blocks without structure. */
function opaque(key: Buffer): "locked" | "none" {
  return key.length % 8 === 0 ? "locked" : "none";
}

/** Where the content of a DER sequence begins that is as long as it says, or null. */
function derSequence(key: Buffer): number | null {
  if (key[0] !== 0x30) return null;
  const first = key[1] ?? 0;
  if (first < 0x80) return 2 + first === key.length ? 2 : null;
  const bytes = first & 0x7f;
  if (bytes < 1 || bytes > 3 || key.length < 2 + bytes) return null;
  return 2 + bytes + key.readUIntBE(2, bytes) === key.length ? 2 + bytes : null;
}
