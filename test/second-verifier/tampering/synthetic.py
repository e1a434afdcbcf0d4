"""Writes exports without a relay: docs/recording-format.md is enough for that, too."""

import base64
import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from record.canonical import Json, canonical
from record.chain import FIRST_PREVIOUS
from record.hashes import body_digest, fingerprint, payload_address, purposed, sha256
from record.signatures import spki_of

from .seal import Keys, Line, hash_of, key_of, note_of, public_base64, resealed

LOG = "11111111-1111-4111-8111-111111111111"
SESSION = "22222222-2222-4222-8222-222222222222"
KEYS = Keys(newest=key_of("newest"), older=key_of("older"))

Body = dict[str, Any]


def uuid_of(name: str) -> str:
    digits = sha256(name.encode()).hex()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"


def person(subject: str, kind: str = "person") -> Body:
    issuer = "https://id.example"
    return {
        "id": f"{issuer}|{subject}",
        "issuer": issuer,
        "subject": subject,
        "name": subject.title(),
        "groups": ["data-leads"],
        "kind": kind,
    }


ADA, GRACE, ALAN, EVE = person("ada"), person("grace"), person("alan"), person("eve")


@dataclass
class SyntheticSession:
    """The events of a log in their order: of the relay session (LOG), of one session, of the relay session again."""

    log_events: list[Body] = field(default_factory=list)
    """`signing_key`, `device_enrolled` and `device_revoked`."""
    events: list[Body] = field(default_factory=list)
    late_log_events: list[Body] = field(default_factory=list)
    """Recorded after the session."""
    log_hour: str = "07"
    """When the first events of the relay session were recorded; those of the session: from 09:00 on."""
    payloads: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)
    redacted: set[int] = field(default_factory=set)
    """The seqs whose bodies are removed."""
    earlier: dict[int, list[str]] = field(default_factory=dict)
    """By size, who has cosigned an earlier checkpoint."""
    cosigners: list[str] = field(default_factory=list)
    """Who has cosigned the checkpoint."""

    def payload(self, data: bytes) -> str:
        salt = sha256(b"salt" + data)
        address = payload_address(salt, data)
        self.payloads[address] = (salt, data)
        return address


def enrolment(owner: Body, device: str, **more: Any) -> Body:
    """With `vouching`, the device that vouches for it."""
    key = key_of(device)
    vouching = more.pop("vouching", None)
    at = "2026-03-01T08:00:00.000Z"
    message = purposed(
        "sluice device enrolment v1", {"identity": owner["id"], "key": public_base64(key), "at": at}
    )
    by = None if vouching is None else key_of(vouching)
    return {
        "type": "device_enrolled",
        "identity": owner["id"],
        "key": public_base64(key),
        "name": device,
        "enrolledAt": at,
        "proof": _base64(key.sign(message)),
        "vouchedBy": by and {"key": public_base64(by), "signature": _base64(by.sign(message))},
        **more,
    }


def revocation(owner: Body, device: str) -> Body:
    return {
        "type": "device_revoked",
        "identity": owner["id"],
        "key": public_base64(key_of(device)),
        "name": device,
    }


def signing_key(key: Ed25519PrivateKey) -> Body:
    spki = spki_of(key.public_key())
    return {"type": "signing_key", "key": fingerprint(spki), "publicKey": _base64(spki)}


def statement(name: str, sql: str, binds: str | None = None) -> Body:
    return {
        "type": "statement",
        "statement": uuid_of(name),
        "requestId": name,
        "sql": sql,
        "binds": binds,
        "state": {"database": "SHOP", "schema": "PUBLIC", "warehouse": None, "role": None},
        "describeOnly": False,
    }


def asked(name: str, sql: str, needed: int = 1, **bound: Any) -> Body:
    request = {
        **_bound_alike(name, sql, needed),
        "binds": None,
        "describeOnly": False,
        "sessionContext": "plain",
        "validFor": 600,
        **bound,
    }
    return _asked("approval_asked", name, request, "sluice approval binding v1")


def access_asked(name: str, sql: str, bounds: Json, needed: int = 1, **bound: Any) -> Body:
    request = {
        **_bound_alike(name, sql, needed),
        "kind": "access",
        "bindTypes": {"1": "TEXT"},
        "purpose": "ticket 4711: späte 🚲",
        "seconds": 900,
        "from": None,
        "rows": 2,
        "rowsInAll": 5,
        "program": {
            "application": "JavaScript",
            "protocol": "snowflake",
            "agent": None,
            "tokenClient": "copilot",
        },
        "covers": sha256(canonical(bounds)).hex(),
        **bound,
    }
    return _asked("access_asked", name, request, "sluice access binding v1")


def decided(on: Body, by: Body, device: str | None, verdict: str = "approve", **more: Any) -> Body:
    said = {
        "binding": on["binding"],
        "approval": on["approval"],
        "verdict": verdict,
        "comment": "go ahead" if verdict == "approve" else "never",
        "proposal": None,
        "mostRows": None,
        "grantSeconds": None,
        "grantRows": None,
        **more,
    }
    at = "2026-03-01T09:00:00.000Z"
    signature = None
    if device is not None:
        key = key_of(device)
        message = purposed("sluice approval decision v2", {**said, "decidedAt": at})
        signature = {
            "key": public_base64(key),
            "algorithm": "Ed25519",
            "value": _base64(key.sign(message)),
            "decidedAt": at,
        }
    return {
        "type": "approval_decided",
        "statement": on["statement"],
        "by": by,
        "signature": signature,
        **said,
    }


def ended(on: Body, how: str) -> Body:
    return {"type": "approval_ended", "statement": on["statement"], "approval": on["approval"], "how": how}


def grant_given(on: Body, bounds: str, **more: str) -> Body:
    detail = {
        "grant": uuid_of("grant"),
        "approval": on["approval"],
        "bounds": bounds,
        "rows": "2",
        "rowsInAll": "5",
        "startsAt": "2026-03-01T09:00:00.000Z",
        "expiresAt": "2026-03-01T09:15:00.000Z",
        **more,
    }
    return {"type": "notice", "what": "grant_given", "detail": detail}


def result(name: str, payloads: Sequence[str], **more: Any) -> Body:
    return {
        "type": "result",
        "statement": uuid_of(name),
        "columns": [
            {"name": "ID", "type": "fixed", "masked": False},
            {
                "name": "EMAIL",
                "type": "text",
                "masked": True,
                "computedOn": {"on": "tokens", "because": "pii"},
            },
        ],
        "rows": 3,
        "bytes": 60,
        "complete": True,
        "payloads": list(payloads),
        "recordedRows": 3,
        **more,
    }


def redaction(seqs: Sequence[int], payloads: Sequence[str] = (), **more: Any) -> Body:
    return {
        "type": "redacted",
        "rule": "after-90-days",
        "events": list(seqs),
        "payloads": list(payloads),
        **more,
    }


def hold(held: bool) -> Body:
    return {"type": "hold", "held": held, "by": ALAN, "reason": "case 12"}


def lines_of(synthetic: SyntheticSession, keys: Keys = KEYS, session: str = SESSION) -> list[Line]:
    """The export of the session; or, if `session` is LOG, of the relay session."""
    order = [
        *((LOG, body) for body in synthetic.log_events),
        *((SESSION, body) for body in synthetic.events),
        *((LOG, body) for body in synthetic.late_log_events),
    ]
    seqs: dict[str, int] = {}
    previous: dict[str, str] = {}
    handovers: list[Line] = []
    devices: list[Line] = []
    events: list[Line] = []
    seen: set[str] = set()
    for position, (of, body) in enumerate(order):
        seq = seqs.get(of, 0)
        seqs[of] = seq + 1
        hour = "09" if of == SESSION else synthetic.log_hour if SESSION not in seqs else "10"
        event = _event(of, seq, body, previous.get(of, FIRST_PREVIOUS), hour)
        previous[of] = event["hash"]
        if of == SESSION and seq in synthetic.redacted:
            event = _without_body(event)
        line = {"kind": "event", "event": event, "position": position, "proof": []}
        if of == LOG and body["type"] == "signing_key" and seq > 0:
            handovers.append({**line, "kind": "handover", "note": ""})
        if of == session:
            events.append(line)
            events += _payload_lines(synthetic, event, seen)
        elif of == LOG and body["type"] != "signing_key":
            devices.append({**line, "kind": "device"})
    count = sum(line["kind"] == "event" for line in events)
    lines = [
        {"kind": "export", "version": 2, "log": LOG, "session": session},
        *handovers,
        {"kind": "checkpoint", "note": note_of(LOG, 1, bytes(32), keys.newest, cosigners=synthetic.cosigners)},
        *(
            {"kind": "earlier", "note": note_of(LOG, size, bytes(32), keys.newest, cosigners=names), "proof": []}
            for size, names in sorted(synthetic.earlier.items())
        ),
        *devices,
        *events,
        {"kind": "end", "events": count, "digest": "", "signature": None},
    ]
    return resealed(lines, keys)


def _event(session: str, seq: int, body: Body, previous: str, hour: str) -> Body:
    event = {
        "version": 1,
        "session": session,
        "seq": seq,
        "at": f"2026-03-01T{hour}:{seq // 60:02}:{seq % 60:02}.000Z",
        "previous": previous,
        "body": copy.deepcopy(body),
        "salt": sha256(f"{session}/{seq}".encode()).hex()[:32],
    }
    return {**event, "hash": hash_of(event)}


def _without_body(event: Body) -> Body:
    body, salt = event["body"], event["salt"]
    kept = {name: value for name, value in event.items() if name not in ("body", "salt")}
    return {**kept, "type": body["type"], "bodyDigest": body_digest(body, salt)}


def _payload_lines(synthetic: SyntheticSession, event: Body, seen: set[str]) -> list[Line]:
    body = event.get("body") or {}
    named = body.get("payloads", []) if body.get("type") != "redacted" else []
    named = [*named, *([body["binds"]] if body.get("binds") else [])]
    lines = []
    for address in named:
        if address in seen or address not in synthetic.payloads:
            continue
        seen.add(address)
        salt, data = synthetic.payloads[address]
        lines.append({"kind": "payload", "address": address, "salt": salt.hex(), "bytes": _base64(data)})
    return lines


def _bound_alike(name: str, sql: str, needed: int) -> Body:
    return {
        "approval": uuid_of(f"approval of {name}"),
        "session": SESSION,
        "statement": uuid_of(name),
        "requester": ADA["id"],
        "sql": sql,
        "role": None,
        "warehouse": None,
        "database": "SHOP",
        "schema": "PUBLIC",
        "policyVersion": "aa" * 32,
        "rule": "change-data",
        "objects": [
            {"type": "table", "name": "SHOP.PUBLIC.ORDERS", "access": "write", "fingerprint": "bb" * 32}
        ],
        "needed": needed,
        "approvers": ["data-leads"],
        "expiresAt": "2026-03-01T10:00:00.000Z",
    }


def _asked(kind: str, name: str, bound: Body, purpose: str) -> Body:
    return {
        "type": kind,
        "statement": bound["statement"],
        "approval": bound["approval"],
        "bound": bound,
        "binding": sha256(purposed(purpose, bound)).hex(),
        "approvers": bound["approvers"],
        "needed": bound["needed"],
        "expiresAt": bound["expiresAt"],
    }


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
