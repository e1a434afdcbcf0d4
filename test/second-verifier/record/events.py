"""Events: which types there are, and what each holds. docs/recording-format.md, "Events" and "Types of events"."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .hashes import body_digest, event_hash
from .shapes import (
    Shape,
    array,
    base64,
    boolean,
    digest,
    exactly,
    hex_of,
    integer,
    members,
    nullable,
    record,
    text,
    time,
    uuid,
)

count = integer(0)
number = integer()
positive = integer(1)

identity = members(
    {
        "id": text,
        "issuer": text,
        "subject": text,
        "name": text,
        "groups": array(text),
        "kind": exactly("person", "workload"),
    }
)
state = members({name: nullable(text) for name in ("database", "schema", "warehouse", "role")})
substituted = {"on": exactly("tokens", "blanks"), "because": text}

_bound_alike: Mapping[str, Shape] = {
    "approval": uuid,
    "session": uuid,
    "statement": uuid,
    "requester": text,
    "sql": text,
    "role": nullable(text),
    "warehouse": nullable(text),
    "database": nullable(text),
    "schema": nullable(text),
    "policyVersion": text,
    "rule": text,
    "objects": array(members({"type": text, "name": text, "access": text, "fingerprint": digest})),
    "needed": positive,
    "approvers": array(text),
    "expiresAt": time,
}
bound_request = members(
    {
        **_bound_alike,
        "binds": nullable(digest),
        "describeOnly": boolean,
        "sessionContext": text,
        "validFor": positive,
    }
)
bound_access = members(
    {
        **_bound_alike,
        "kind": exactly("access"),
        "bindTypes": record(text),
        "purpose": text,
        "seconds": positive,
        "from": nullable(time),
        "rows": positive,
        "rowsInAll": positive,
        "program": members(
            {
                "application": text,
                "protocol": exactly("snowflake", "api"),
                "agent": nullable(text),
                "tokenClient": nullable(text),
            }
        ),
        "covers": digest,
    }
)
_asked: Mapping[str, Shape] = {
    "statement": uuid,
    "approval": uuid,
    "binding": digest,
    "approvers": array(text),
    "needed": number,
    "expiresAt": time,
}
_chunk: Mapping[str, Shape] = {
    "statement": uuid,
    "rows": number,
    "bytes": number,
    "payloads": array(digest),
    "recordedRows": number,
}

_bodies: Mapping[str, tuple[Mapping[str, Shape], Mapping[str, Shape]]] = {
    "opened": (
        {
            "identity": identity,
            "client": members(
                {
                    "application": text,
                    "version": text,
                    "protocol": exactly("snowflake", "mcp", "api"),
                    "address": text,
                    "agent": nullable(text),
                }
            ),
            "state": state,
        },
        {},
    ),
    "prompt": ({"text": text, "source": text}, {"by": exactly("person", "model"), "conversation": text}),
    "statement": (
        {
            "statement": uuid,
            "requestId": text,
            "sql": text,
            "binds": nullable(digest),
            "state": state,
            "describeOnly": boolean,
        },
        {},
    ),
    "understanding": (
        {
            "statement": uuid,
            "understood": boolean,
            "kind": members({"family": text, "name": text}),
            "objects": array(members({"type": text, "name": text, "access": text})),
            "outputs": array(members({"name": text, "sources": array(text), "unresolved": boolean})),
            "problem": nullable(text),
        },
        {},
    ),
    "decision": (
        {
            "statement": uuid,
            "effect": exactly("allow", "mask", "ask", "block"),
            "rule": text,
            "reason": text,
            "sentence": text,
            "range": members({"start": number, "end": number}),
            "policyVersion": text,
            "masks": array(members({"output": number, "method": text, "because": text})),
        },
        {
            "computedOn": members(
                {
                    "rows": nullable(members(substituted)),
                    "outputs": array(members({**substituted, "output": number})),
                }
            ),
            "advice": text,
        },
    ),
    "blocked": ({"statement": uuid, "rule": text, "reason": text}, {}),
    "approval_asked": ({**_asked, "bound": bound_request}, {}),
    "access_asked": ({**_asked, "bound": bound_access}, {}),
    "approval_decided": (
        {
            "statement": uuid,
            "approval": uuid,
            "binding": digest,
            "verdict": exactly("approve", "deny"),
            "by": identity,
            "comment": text,
            "proposal": nullable(text),
            "mostRows": nullable(count),
            "grantSeconds": nullable(positive),
            "grantRows": nullable(positive),
            "signature": nullable(
                members({"key": base64, "algorithm": exactly("Ed25519"), "value": base64, "decidedAt": time})
            ),
        },
        {},
    ),
    "approval_ended": (
        {
            "statement": uuid,
            "approval": uuid,
            "how": exactly("approved", "granted", "denied", "expired", "cancelled", "void"),
        },
        {},
    ),
    "executed": ({"statement": uuid}, {"sent": text}),
    "result": (
        {
            **_chunk,
            "columns": array(
                members(
                    {"name": text, "type": text, "masked": boolean},
                    {"computedOn": members(substituted)},
                )
            ),
            "complete": boolean,
        },
        {
            "encoding": exactly("json", "arrow"),
            "computedOn": members(substituted),
            "kept": members({"chunks": number, "rows": number, "bytes": number}),
            "warehouseQueryId": text,
        },
    ),
    "chunk_returned": ({**_chunk, "chunk": number, "firstRow": number}, {}),
    "error": ({"statement": nullable(uuid), "code": text, "message": text}, {}),
    "cancelled": ({"statement": uuid, "by": text}, {}),
    "refused": ({"what": text, "reason": text}, {}),
    "bypass_attempted": (
        {
            "attempt": uuid,
            "kind": exactly("client", "driver", "request", "credential", "server", "hook", "found"),
            "harness": text,
            "tool": text,
            "evidence": text,
            "excerpt": text,
            "conversation": nullable(text),
            "seenAt": time,
        },
        {},
    ),
    "notice": ({"what": text, "detail": record(text)}, {}),
    "closed": ({"how": exactly("client", "expired", "revoked", "shutdown")}, {}),
    "hold": ({"held": boolean, "by": identity, "reason": text}, {}),
    "redacted": (
        {"rule": text, "events": array(count), "payloads": array(digest)},
        {"by": nullable(identity), "afterDays": positive, "before": time},
    ),
    "device_enrolled": (
        {
            "identity": text,
            "key": base64,
            "name": text,
            "enrolledAt": time,
            "proof": base64,
            "vouchedBy": nullable(members({"key": base64, "signature": base64})),
        },
        {"word": members({"by": identity, "comment": text})},
    ),
    "device_revoked": ({"identity": text, "key": base64, "name": text}, {}),
    "enrolments_voided": (
        {
            "enrolments": array(members({"seq": count, "key": base64}), least=1),
            "by": identity,
            "reason": text,
        },
        {},
    ),
    "signing_key": ({"key": digest, "publicKey": base64}, {}),
}

_place: Mapping[str, Shape] = {
    "version": exactly(1),
    "session": uuid,
    "seq": count,
    "at": time,
    "previous": digest,
    "hash": digest,
}
_whole = members({**_place, "body": lambda value: _is_body(value), "salt": hex_of(16)})
_redacted = members({**_place, "type": exactly(*_bodies), "bodyDigest": digest})
_body_shapes = {
    name: members({"type": exactly(name), **required}, optional)
    for name, (required, optional) in _bodies.items()
}


def _is_body(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    kind = value.get("type")
    return isinstance(kind, str) and kind in _body_shapes and _body_shapes[kind](value)


@dataclass(frozen=True)
class Event:
    """An event that is of the format; nothing has been checked of what it says."""

    members: Mapping[str, Any]

    @property
    def session(self) -> str:
        return str(self.members["session"])

    @property
    def seq(self) -> int:
        return int(self.members["seq"])

    @property
    def at(self) -> str:
        return str(self.members["at"])

    @property
    def hash(self) -> str:
        return str(self.members["hash"])

    @property
    def previous(self) -> str:
        return str(self.members["previous"])

    @property
    def type(self) -> str:
        return str(self.members["type"] if self.body is None else self.body["type"])

    @property
    def body(self) -> Mapping[str, Any] | None:
        """What happened; None when retention has removed it."""
        return self.members.get("body")

    def has_its_hash(self) -> bool:
        digest_of_body = (
            self.members["bodyDigest"] if self.body is None else body_digest(self.body, self.members["salt"])
        )
        return event_hash(self.members, self.type, digest_of_body) == self.hash

    def payloads(self) -> list[str]:
        """The addresses of the payloads that it names."""
        body = self.body
        if body is None:
            return []
        match body["type"]:
            case "statement":
                return [] if body["binds"] is None else [body["binds"]]
            case "result" | "chunk_returned":
                return list(body["payloads"])
        return []


def read_event(value: Any) -> Event | None:
    return Event(value) if _whole(value) or _redacted(value) else None
