"""Writes chain.json: the bytes and digests of a small audit log, by the words of docs/spec/audit.md alone. python3 make.py"""

import hashlib
import json
import pathlib

CALL = {
    "kind": "call",
    "at": "2026-11-21T09:30:00.000Z",
    "request": "0f4e7a1c9b2d4f60",
    "principal": "token:k3v9",
    "team": "forecasts",
    "deployment": "5f" * 32,
    "artifact": "sha256:" + "c4" * 32,
    "level": "declared",
    "surface": "chat.completions",
    "dataClass": "internal",
    "decision": "9a0b1c2d3e4f5061",
    "outcome": "allowed",
    "code": None,
    "status": 200,
    "streamed": True,
    "inputTokens": 41,
    "outputTokens": 977,
    "usage": "upstream",
    "durationMs": 8123.25,
}
REFUSED = CALL | {
    "at": "2026-11-21T09:30:01.000Z",
    "request": "1a2b3c4d5e6f7081",
    "team": None,
    "deployment": None,
    "artifact": None,
    "level": None,
    "surface": "models",
    "decision": None,
    "outcome": "refused",
    "code": "WB_GATEWAY_FORBIDDEN",
    "status": 403,
    "streamed": False,
    "inputTokens": None,
    "outputTokens": None,
    "usage": None,
    "durationMs": 0,
}
ACT = {
    "kind": "act",
    "at": "2026-11-21T09:31:00.000Z",
    "request": None,
    "principal": 'oidc:https://issuer.example#jörg "\u2028𝄞" \\ \x07\r\n{"seq":9,"kind":"act"}',
    "act": "artifact.revoke",
    "subject": "c4" * 32,
    "outcome": "done",
    "code": None,
}


def chain(records):
    lines, prev = [], "0" * 64
    for seq, record in enumerate(records, 1):
        line = json.dumps(record | {"seq": seq, "prev": prev}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        prev = hashlib.sha256(line.encode()).hexdigest()
        lines.append({"record": record, "line": line, "sha256": prev})
    return lines


lines = chain([CALL, REFUSED, ACT])
whole = "".join(entry["line"] + "\n" for entry in lines).encode()
vector = {"file": "000000000001.jsonl", "bytes": len(whole), "sha256": hashlib.sha256(whole).hexdigest(), "lines": lines}
pathlib.Path(__file__).with_name("chain.json").write_text(json.dumps(vector, indent=2) + "\n")
