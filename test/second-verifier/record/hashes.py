"""Hashes: docs/recording-format.md, "Events" and "Payloads"."""

import hashlib
from collections.abc import Mapping

from .canonical import Json, canonical


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def purposed(purpose: str, value: Json) -> bytes:
    """A line that names the purpose, then the canonical JSON of `value`."""
    return f"{purpose}\n".encode() + canonical(value)


def body_digest(body: Json, salt: str) -> str:
    return sha256(purposed("sluice/body/v1", {"body": body, "salt": salt})).hex()


def event_hash(event: Mapping[str, Json], event_type: str, digest: str) -> str:
    members = {name: event[name] for name in ("version", "session", "seq", "at", "previous")}
    return sha256(purposed("sluice/event/v1", {**members, "type": event_type, "bodyDigest": digest})).hex()


def payload_address(salt: bytes, data: bytes) -> str:
    return sha256(b"sluice/payload/v1\n" + salt + data).hex()


def fingerprint(spki: bytes) -> str:
    """A key's fingerprint: the hash of its SubjectPublicKeyInfo in DER."""
    return sha256(spki).hex()
