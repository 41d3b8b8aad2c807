#!/usr/bin/env python3
"""Writes the vectors of docs/spec/{ticket,trust,status}.md and of DSSE from their texts alone: Python's standard library, no code of src/.

Ed25519 is RFC 8032 section 6 (slow, not constant in time: for vectors only). Run: python3 test/vectors/ticket/make.py
"""
import base64
import hashlib
import json
import pathlib

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(a, b):
    x = (a[1] - a[0]) * (b[1] - b[0]) % P
    y = (a[1] + a[0]) * (b[1] + b[0]) % P
    z, w = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = y - x, w - z, w + z, y + x
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def mul(n, point):
    out = (0, 1, 1, 0)
    while n > 0:
        if n & 1:
            out = add(out, point)
        point = add(point, point)
        n >>= 1
    return out


def base_point():
    y = 4 * pow(5, P - 2, P) % P
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * ROOT_MINUS_ONE % P
    if x & 1:
        x = P - x
    return (x, y, 1, x * y % P)


G = base_point()


def compress(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | ((x & 1) << 255)).to_bytes(32, "little")


def sha512(data):
    return hashlib.sha512(data).digest()


def expand(seed):
    digest = sha512(seed)
    scalar = int.from_bytes(digest[:32], "little")
    scalar = (scalar & ((1 << 254) - 8)) | (1 << 254)
    return scalar, digest[32:]


def public_of(seed):
    return compress(mul(expand(seed)[0], G))


def sign(seed, message):
    scalar, prefix = expand(seed)
    public = public_of(seed)
    r = int.from_bytes(sha512(prefix + message), "little") % Q
    point = compress(mul(r, G))
    h = int.from_bytes(sha512(point + public + message), "little") % Q
    return point + ((r + h * scalar) % Q).to_bytes(32, "little")


def sha256(data):
    return hashlib.sha256(data).digest()


def b64(data):
    return base64.b64encode(data).decode()


def canonical(value):
    """RFC 8785; true for the ASCII texts and small whole numbers in these vectors."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def digest(data):
    return "sha256:" + sha256(data).hex()


def pae(kind, payload):
    encoded = kind.encode()
    return b"DSSEv1 %d %s %d " % (len(encoded), encoded, len(payload)) + payload


def envelope(kind, payload, seed):
    key_id = sha256(public_of(seed)).hex()
    return {"payload": b64(payload), "payloadType": kind, "signatures": [{"keyid": key_id, "sig": b64(sign(seed, pae(kind, payload)))}]}


def statement(subject, predicate_type, predicate):
    named = {"name": subject, "digest": {"sha256": subject[len("sha256:"):]}}
    return canonical({"_type": "https://in-toto.io/Statement/v1", "subject": [named], "predicateType": predicate_type, "predicate": predicate})


def entry(subject, kind, predicate, seed):
    payload = statement(subject, "https://weighbridge.dev/%s/v1" % kind, predicate)
    return canonical(envelope("application/vnd.in-toto+json", payload, seed))


def leaf(data):
    return sha256(b"\0" + data)


def root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\1" + root(leaves[:k]) + root(leaves[k:]))


def path(m, leaves):
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return path(m, leaves[:k]) + [root(leaves[k:])] if m < k else path(m - k, leaves[k:]) + [root(leaves[:k])]


def note_key(origin, seed):
    typed = b"\1" + public_of(seed)
    return sha256(origin.encode() + b"\n" + typed)[:4], typed


def checkpoint(origin, leaves, seed):
    text = "%s\n%d\n%s\n" % (origin, len(leaves), b64(root(leaves)))
    return "%s\n\u2014 %s %s\n" % (text, origin, b64(note_key(origin, seed)[0] + sign(seed, text.encode())))


def ticket_key(seed, not_before, not_after):
    public = public_of(seed)
    return {"keyid": sha256(public).hex(), "publicKey": b64(public), "notBefore": not_before, "notAfter": not_after}


HERE = pathlib.Path(__file__).parent
LOG, OLD, NEW = (sha256(("weighbridge vector %s key 1" % name).encode()) for name in ("log", "ticket", "rotated"))
ORIGIN = "weighbridge.local/vectors"


def salted(name):
    return digest(canonical({"salt": sha256(b"salt of " + name.encode()).hex(), "value": name}))


def admission(outcome, at, not_after, reasons):
    return {
        "outcome": outcome, "reasons": reasons, "context": digest(b"context"), "policySet": digest(b"policies"), "evaluatedAt": at, "notAfter": not_after,
        "omsRoot": None, "evidence": [{"predicateType": "https://weighbridge.dev/examination/v1", "digest": digest(b"evidence")}],
        "name": salted("hf:example/model"), "principal": salted("somebody"), "texts": salted("texts"),
    }


def main():
    key_id, typed = note_key(ORIGIN, LOG)
    log_key = "%s+%s+%s" % (ORIGIN, key_id.hex(), b64(typed))
    first = {"schema": "weighbridge.trust/1", "origin": ORIGIN, "logKey": log_key, "ticketKeys": [ticket_key(OLD, "2026-01-01T00:00:00.000Z", None)], "previous": None}
    change = "2026-03-01T00:00:00.000Z"
    keys = [ticket_key(OLD, "2026-01-01T00:00:00.000Z", change), ticket_key(NEW, change, None)]
    second = {**first, "ticketKeys": keys, "previous": digest(canonical(first))}
    good, held, later = digest(b"model one"), digest(b"model two"), digest(b"model three")
    permit = [{"policy": "permit-examined", "effect": "permit"}]
    waived = [{"policy": "review", "effect": "forbid", "waiver": {"role": "approver", "satisfiedBy": leaf(b"approval").hex(), "expires": "2026-04-01T00:00:00.000Z"}}]
    entries = [
        entry(digest(canonical(first)), "genesis", first, OLD),
        entry(digest(b"policies"), "policy-set", {"at": "2026-01-01T00:00:01.000Z", "principal": salted("somebody")}, OLD),
        entry(good, "admission", admission("allow", "2026-01-02T03:04:05.678Z", "2026-04-02T03:04:05.678Z", permit), OLD),
        entry(held, "admission", admission("hold", "2026-01-03T00:00:00.000Z", None, [{"policy": "review", "effect": "forbid", "waiver": {"role": "approver"}}]), OLD),
        entry(digest(canonical(second)), "key-rotation", second, OLD),
        entry(later, "admission", admission("allow", "2026-03-02T00:00:00.000Z", "2026-04-01T00:00:00.000Z", waived), NEW),
    ]
    leaves = [leaf(item) for item in entries]
    note = checkpoint(ORIGIN, leaves, LOG)

    def ticket(index):
        return {"schema": "weighbridge.ticket/1", "issuer": ORIGIN, "envelope": json.loads(entries[index]), "index": index,
                "proof": [b64(item) for item in path(index, leaves)], "checkpoint": note}

    def lines(standing):
        return [{"index": 2, "leaf": leaves[2].hex(), "notAfter": "2026-04-02T03:04:05.678Z", "standing": standing},
                {"index": 5, "leaf": leaves[5].hex(), "notAfter": "2026-04-01T00:00:00.000Z", "standing": "good"}]

    status = {"schema": "weighbridge.status/1", "origin": ORIGIN, "asOf": "2026-03-03T00:00:00.000Z", "checkpoint": note, "tickets": lines("revoked")}
    # The dash of signed notes is the one character here that is not ASCII; RFC 8785 writes it as itself.
    def text(value):
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    (HERE / "trust.json").write_bytes(canonical(second))
    (HERE / "trust-first.json").write_bytes(canonical(first))
    (HERE / "ticket.json").write_bytes(text(ticket(2)) + b"\n")
    (HERE / "ticket-after-rotation.json").write_bytes(text(ticket(5)) + b"\n")
    (HERE / "not-a-ticket-hold.json").write_bytes(text(ticket(3)) + b"\n")
    (HERE / "not-a-ticket-policy-set.json").write_bytes(text(ticket(1)) + b"\n")
    (HERE / "status.json").write_bytes(canonical(envelope("application/vnd.weighbridge.status+json", text(status), NEW)) + b"\n")
    (HERE / "keys.json").write_text(json.dumps({
        "log": LOG.hex(), "ticket": OLD.hex(), "rotated": NEW.hex(), "artifact": good, "laterArtifact": later,
        "fingerprints": [digest(canonical(first)), digest(canonical(second))], "leaves": [item.hex() for item in leaves], "entries": [item.decode() for item in entries],
    }, indent=2) + "\n")
    cases = []
    for kind, payload in (("http://example.com/HelloWorld", b"hello world"), ("application/vnd.in-toto+json", b"{}"), ("", b""), ("t\u00e9", bytes(range(256)))):
        signed = pae(kind, payload)
        cases.append({"payloadType": kind, "payload": b64(payload), "pae": b64(signed), "seed": OLD.hex(), "publicKey": b64(public_of(OLD)),
                      "keyid": sha256(public_of(OLD)).hex(), "sig": b64(sign(OLD, signed))})
    (HERE.parent / "dsse" / "vectors.json").write_text(json.dumps(cases, indent=2) + "\n")


# RFC 8032 section 7.1, tests 1 and 2: this file's Ed25519 is the standard's.
assert sign(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"), b"").hex() == (
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")
assert sign(bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"), b"\x72").hex() == (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
main()
