import { concat, fromBase64, fromUtf8, sha256, toHex, utf8 } from "./bytes.ts";
import { checkEd25519, type SignatureCheck } from "./ed25519.ts";

/** What an entry of the log says: a DSSE envelope with one signature over an in-toto statement. */
export interface Envelope {
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly payloadType: string;
  readonly keyid: string;
  readonly signature: Uint8Array<ArrayBuffer>;
  readonly statement: Statement;
}

/** Whatever the predicate holds is text of others: shown, never obeyed. */
export interface Statement {
  readonly predicateType: string;
  /** `sha256:…` of the one subject. */
  readonly subject: string;
  readonly predicate: Readonly<Record<string, unknown>>;
  readonly json: unknown;
}

/** Reads the bytes of an entry. Null for what is not canonical JSON of such an envelope: nothing but one text has these bytes. */
export function parseEntry(bytes: Uint8Array): Envelope | null {
  const text = fromUtf8(bytes);
  const value = text === null ? null : record(parse(text));
  const signatures = value?.signatures;
  const signed = Array.isArray(signatures) && signatures.length === 1 ? record(signatures[0]) : null;
  if (value === null || signed === null) return null;
  const { payload, payloadType } = value;
  const { keyid, sig } = signed;
  if (typeof payload !== "string" || typeof payloadType !== "string" || typeof keyid !== "string" || typeof sig !== "string") return null;
  if (JSON.stringify({ payload, payloadType, signatures: [{ keyid, sig }] }) !== text) return null;
  const payloadBytes = fromBase64(payload);
  const signature = fromBase64(sig);
  const statement = payloadBytes === null ? null : parseStatement(payloadBytes);
  if (payloadBytes === null || signature === null || statement === null) return null;
  return { payload: payloadBytes, payloadType, keyid, signature, statement };
}

function parseStatement(bytes: Uint8Array): Statement | null {
  const json = parse(fromUtf8(bytes) ?? "");
  const value = record(json);
  const subjects = value?.subject;
  const digest = record(record(Array.isArray(subjects) && subjects.length === 1 ? subjects[0] : null)?.digest)?.sha256;
  const predicate = record(value?.predicate);
  const predicateType = value?.predicateType;
  if (typeof digest !== "string" || typeof predicateType !== "string" || predicate === null) return null;
  return { predicateType, subject: `sha256:${digest}`, predicate, json };
}

/** The trust document: whose signatures count. */
export interface TrustDocument {
  readonly origin: string;
  readonly logKey: string;
  readonly ticketKeys: readonly { readonly keyid: string; readonly publicKey: Uint8Array<ArrayBuffer> }[];
  /** SHA-256 of its bytes, `sha256:…`: compared over another channel. */
  readonly fingerprint: string;
}

/** Reads a trust document of its bytes, exactly as they came. */
export async function parseTrust(bytes: Uint8Array<ArrayBuffer>): Promise<TrustDocument | null> {
  const value = record(parse(fromUtf8(bytes) ?? ""));
  const origin = value?.origin;
  const logKey = value?.logKey;
  const keys = value?.ticketKeys;
  if (typeof origin !== "string" || typeof logKey !== "string" || !Array.isArray(keys)) return null;
  const ticketKeys = keys.flatMap((key) => {
    const keyid = record(key)?.keyid;
    const told = record(key)?.publicKey;
    const publicKey = typeof told === "string" ? fromBase64(told) : null;
    return typeof keyid === "string" && publicKey?.length === 32 ? [{ keyid, publicKey }] : [];
  });
  return { origin, logKey, ticketKeys, fingerprint: `sha256:${toHex(await sha256(bytes))}` };
}

/** Checks the signature over DSSE's pre-authentication encoding by the key that it names. */
export async function checkEnvelope(envelope: Envelope, trust: TrustDocument): Promise<SignatureCheck | "unknown-key"> {
  const key = trust.ticketKeys.find(({ keyid }) => keyid === envelope.keyid);
  if (key === undefined || toHex(await sha256(key.publicKey)) !== envelope.keyid) return "unknown-key";
  const type = utf8(envelope.payloadType);
  const signed = concat(utf8(`DSSEv1 ${type.length} ${envelope.payloadType} ${envelope.payload.length} `), envelope.payload);
  return checkEd25519(key.publicKey, signed, envelope.signature);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null; // an object that is no array
}
