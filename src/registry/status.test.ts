import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { envelopeText, parseEnvelope, signEnvelope } from "../evidence/dsse.ts";
import { privateKeyOf, signingKey } from "../evidence/ed25519.ts";
import { parseTrust, type Trust } from "../evidence/trust.ts";
import { exitCodeOf, type Standing, standingOf } from "./standing.ts";
import { STATUS_PAYLOAD, standingByStatus, verifyStatus } from "./status.ts";
import { verifyTicket } from "./verify-ticket.ts";

const vector = (name: string) => readFileSync(new URL(`../../test/vectors/ticket/${name}`, import.meta.url));
const KEYS = JSON.parse(vector("keys.json").toString());
const STATUS = vector("status.json");
const TRUST = trustIn("trust.json");
const NOW = { now: "2026-03-04T00:00:00.000Z" };

function trustIn(name: string): Trust {
  const parsed = parseTrust(vector(name));
  if (parsed.kind === "broken") throw new Error(parsed.why);
  return parsed.value;
}

function verified(bytes: Uint8Array = STATUS) {
  const status = verifyStatus(bytes, TRUST);
  if (status.kind === "broken") throw new Error(status.why);
  return status.value;
}

/** The vector with some members changed, signed again by the key with this name. */
function forged(changes: object, keyName: "ticket" | "rotated" | "log" = "rotated"): Buffer {
  const envelope = parseEnvelope(STATUS.subarray(0, -1), 48_000);
  if (envelope.kind === "broken") throw new Error(envelope.why);
  const payload = { ...JSON.parse(Buffer.from(envelope.value.payload).toString()), ...changes };
  return Buffer.from(
    envelopeText(signEnvelope(STATUS_PAYLOAD, Buffer.from(JSON.stringify(payload)), signingKey(privateKeyOf(Buffer.from(KEYS[keyName], "hex"))))),
  );
}

describe("a status file", () => {
  it("is read as another implementation wrote it", () => {
    expect(verified()).toMatchObject({ origin: TRUST.origin, asOf: "2026-03-03T00:00:00.000Z", size: 6 });
    expect(standingByStatus(verified(), { leaf: KEYS.leaves[2], index: 2 }, NOW).standing).toBe("revoked");
    expect(standingByStatus(verified(), { leaf: KEYS.leaves[5], index: 5 }, NOW)).toEqual({
      standing: "good",
      asOf: "2026-03-03T00:00:00.000Z",
      why: "it is good until 2026-04-01T00:00:00.000Z",
    });
  });

  it("says nothing about tickets that it does not list", () => {
    expect(standingByStatus(verified(), { leaf: KEYS.leaves[3], index: 3 }, NOW).standing).toBe("unknown");
    expect(standingByStatus(verified(), { leaf: "00".repeat(32), index: 6 }, NOW).why).toBe("the status file is older than the ticket");
  });

  it("is stale after seven days or as long as is asked, and from the future never good", () => {
    const ticket = { leaf: KEYS.leaves[5], index: 5 };
    const at = (now: string, freshWithinMs?: number) =>
      standingByStatus(verified(), ticket, freshWithinMs === undefined ? { now } : { now, freshWithinMs }).standing;
    expect(at("2026-03-10T00:00:00.000Z")).toBe("good");
    expect(at("2026-03-10T00:00:00.001Z")).toBe("stale");
    expect(at("2026-03-03T01:00:00.000Z", 60_000)).toBe("stale");
    expect(at("2026-03-02T23:55:00.000Z")).toBe("good");
    expect(at("2026-03-02T23:54:59.999Z")).toBe("unknown");
    expect(at("2026-04-01T00:00:00.000Z")).toBe("expired");
  });

  it.each([
    ["signed by a key that no longer counted", forged({}, "ticket"), "the status file's key did not count at 2026-03-03T00:00:00.000Z"],
    ["signed by a stranger", forged({}, "log"), "the status file's signature is refused: unknown-key"],
    ["of another installation", forged({ origin: "other" }), "the status file is of other, the trust file of weighbridge.local/vectors"],
    [
      "bound to no checkpoint of the log",
      forged({ checkpoint: "x\n" }),
      "the status file's checkpoint is refused: has no empty line before its signatures",
    ],
    ["with a member that nobody knows", forged({ extra: 1 }), 'the status has an unknown member "extra"'],
    [
      "with another payload type",
      Buffer.from(STATUS.toString().replace(STATUS_PAYLOAD, "text/plain")),
      "the status file's signature is refused: bad-signature",
    ],
  ])("is refused when %s", (_, bytes, why) => {
    expect(verifyStatus(bytes, TRUST)).toEqual({ kind: "broken", why });
  });
});

describe("standing", () => {
  const good = { notAfter: "2026-04-01T00:00:00.000Z", act: null, outcome: "allow" } as const;
  it.each([
    [{ ...good }, "good"],
    [{ ...good, act: "reinstate" }, "good"],
    [{ ...good, act: "revoke" }, "revoked"],
    [{ ...good, act: "suspend" }, "suspended"],
    [{ ...good, outcome: "deny" }, "suspended"],
    [{ ...good, outcome: "hold" }, "suspended"],
    [{ ...good, notAfter: NOW.now }, "expired"],
    [{ ...good, notAfter: NOW.now, act: "revoke" }, "revoked"],
    [{ ...good, notAfter: NOW.now, act: "suspend" }, "expired"],
  ] as const)("of %j is %s", (record, standing) => {
    expect(standingOf(record, NOW.now).standing).toBe(standing);
  });

  it("decides the exit code of verify together with authenticity", () => {
    const authentic = verifyTicket(vector("ticket.json"), TRUST);
    const codes = (["good", "expired", "revoked", "suspended", "unknown", "stale"] as const).map((standing: Standing) =>
      exitCodeOf(authentic, { standing, asOf: null, why: "" }),
    );
    expect(codes).toEqual([0, 1, 1, 1, 3, 3]);
    expect(exitCodeOf(verifyTicket(Buffer.alloc(0), TRUST), { standing: "good", asOf: null, why: "" })).toBe(1);
  });
});
