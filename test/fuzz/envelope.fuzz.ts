import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { digestOf } from "../../src/digest.ts";
import { envelopeText, parseEnvelope, signEnvelope } from "../../src/evidence/dsse.ts";
import { privateKeyOf, signingKey } from "../../src/evidence/ed25519.ts";
import { parseSalted } from "../../src/evidence/salted.ts";
import { fingerprintOf, parseTrust, type Trust } from "../../src/evidence/trust.ts";
import { blobsOf, momentOf, parseEntry } from "../../src/registry/entries.ts";
import { verifyStatus } from "../../src/registry/status.ts";
import { MAX_PAYLOAD_BYTES, parseTicket, ticketBytes } from "../../src/registry/ticket.ts";
import { verifyTicket } from "../../src/registry/verify-ticket.ts";
import type { FuzzTarget, Random } from "./target.ts";

const vector = (name: string) => readFileSync(resolve(import.meta.dirname, "../vectors/ticket", name));
const KEYS: { readonly ticket: string; readonly entries: readonly string[] } = JSON.parse(vector("keys.json").toString());
const KEY = signingKey(privateKeyOf(Buffer.from(KEYS.ticket, "hex")));
const TICKETS = [vector("ticket.json"), vector("ticket-after-rotation.json")];
const STATUS = vector("status.json");
const TRUST = trustOf(vector("trust.json"));

function trustOf(bytes: Uint8Array): Trust {
  const trust = parseTrust(bytes);
  if (trust.kind === "broken") throw new Error(trust.why);
  return trust.value;
}

/** Changes the statement inside an envelope and signs it again, so that the readers behind the signature are reached. */
function changeSigned(seed: Uint8Array, random: Random): Uint8Array {
  const ticket = parseTicket(seed);
  const envelope = ticket.kind === "parsed" ? ticket.value.envelope : envelopeOf(seed);
  if (envelope === null) return changeValue(seed, random);
  const payload = changeValue(envelope.payload, random);
  const signed = signEnvelope(random.below(20) === 0 ? "text/plain" : envelope.payloadType, payload, KEY);
  return ticket.kind === "parsed" ? ticketBytes({ ...ticket.value, envelope: signed }) : Buffer.from(envelopeText(signed));
}

function envelopeOf(bytes: Uint8Array) {
  const parsed = parseEnvelope(bytes, MAX_PAYLOAD_BYTES);
  return parsed.kind === "parsed" ? parsed.value : null;
}

const VALUES = [
  "null",
  "-1",
  "1e400",
  '""',
  "[]",
  "{}",
  '"\\ud800"',
  '"sha256:00"',
  '"2026-02-30T00:00:00.000Z"',
  '"__proto__"',
  "9007199254740993",
  "true",
];
const MEMBERS = ['"__proto__":{},', '"toJSON":1,', '"extra":[],'];

/** Puts another value in the place of one, adds a member, or nests: deeply now and then, as that costs a hundred times as much. */
function changeValue(bytes: Uint8Array, random: Random): Uint8Array {
  const text = Buffer.from(bytes).toString("utf8");
  const values = [...text.matchAll(/(?<=[:[,])("(?:[^"\\]|\\.)*"|-?\d+|null|true|false)(?=[,}\]])/g)];
  const at = values.length === 0 ? undefined : random.pick(values);
  const depth = random.below(64) === 0 ? 20_000 : 20;
  switch (random.below(4)) {
    case 0:
      return Buffer.from(text.replace("{", `{${random.pick(MEMBERS)}`));
    case 1:
      return at === undefined ? bytes : Buffer.from(text.slice(0, at.index) + "[".repeat(random.below(depth)) + text.slice(at.index));
    case 2:
      return at === undefined
        ? bytes
        : Buffer.from(`${text.slice(0, at.index)}${"[".repeat(depth)}${"]".repeat(depth)}${text.slice(at.index + at[0].length)}`);
    default:
      return at === undefined ? bytes : Buffer.from(text.slice(0, at.index) + random.pick(VALUES) + text.slice(at.index + at[0].length));
  }
}

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** Tickets, entries, envelopes, trust files, status files and salted texts: whatever the bytes, an answer; and one text for each value. */
const target: FuzzTarget = {
  name: "envelope",
  async seeds() {
    return [...TICKETS, STATUS, vector("trust.json"), vector("not-a-ticket-hold.json"), ...KEYS.entries.map((entry) => Buffer.from(entry))];
  },
  mutate: changeSigned,
  async check(bytes) {
    const answer = verifyTicket(bytes, TRUST);
    check(answer.kind === "not-authentic" || TICKETS.some((ticket) => ticket.equals(bytes)), "a ticket that nobody issued is authentic");
    const ticket = parseTicket(bytes);
    check(ticket.kind === "broken" || ticketBytes(ticket.value).equals(bytes), "two texts are one ticket");
    const envelope = parseEnvelope(bytes, MAX_PAYLOAD_BYTES);
    check(envelope.kind === "broken" || Buffer.from(envelopeText(envelope.value)).equals(bytes), "two texts are one envelope");
    const entry = parseEntry(bytes);
    check(entry.kind === "broken" || (momentOf(entry.value).length === 24 && blobsOf(entry.value).length < 200), "an entry is not of its form");
    const trust = parseTrust(bytes);
    check(trust.kind === "broken" || fingerprintOf(trust.value) === digestOf(bytes), "a trust file has another fingerprint than its digest");
    const status = verifyStatus(bytes, TRUST);
    check(status.kind === "broken" || status.value.origin === TRUST.origin, "a status file of another log is believed");
    parseSalted(bytes);
  },
};

export default target;
