"""Recomputes what protects an export: hashes, proofs, the checkpoint, the end."""

import base64
import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from record.canonical import canonical
from record.chain import FIRST_PREVIOUS
from record.events import Event
from record.hashes import body_digest, event_hash, purposed, sha256
from record.merkle import leaf_hash, node_hash, root_of
from record.notes import read_checkpoint, witness_id
from record.signatures import raw_of, spki_of

Line = dict[str, Any]

AT = "2026-03-01T12:00:00.000Z"
"""When everything that is sealed here is said to have been sealed."""


@dataclass(frozen=True)
class Keys:
    """The log's newest key, and the one before it, which signed its hand-over."""

    newest: Ed25519PrivateKey
    older: Ed25519PrivateKey


def key_of(seed: str) -> Ed25519PrivateKey:
    """The same key for the same seed. Good for nothing but tests."""
    return Ed25519PrivateKey.from_private_bytes(sha256(seed.encode()))


def public_base64(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(spki_of(key.public_key())).decode()


def written(lines: Sequence[Line]) -> bytes:
    return b"".join(canonical(line) + b"\n" for line in lines)


WITNESSES = {f"witness.example/{name}": key_of(name) for name in ("w1", "w2", "w3")}


def witness_text(name: str) -> str:
    """The verifier key of one of the witnesses."""
    public = WITNESSES[name].public_key()
    encoded = base64.b64encode(b"\x04" + raw_of(public)).decode()
    return f"{name}+{witness_id(name, public).hex()}+{encoded}"


def cosignature_of(signed: str, name: str, seconds: int = 1_772_366_400) -> str:
    """The signature line of one of the witnesses."""
    key = WITNESSES[name]
    value = key.sign(f"cosignature/v1\ntime {seconds}\n{signed}".encode())
    stamped = witness_id(name, key.public_key()) + seconds.to_bytes(8) + value
    return f"\u2014 {name} {base64.b64encode(stamped).decode()}\n"


def note_of(
    log: str,
    size: int,
    root: bytes,
    key: Ed25519PrivateKey,
    at: str = AT,
    cosigners: Sequence[str] = (),
) -> str:
    origin = f"sluice/log/{log}"
    signed = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\nat {at}\n"
    key_id = sha256(origin.encode() + b"\n\x01" + raw_of(key.public_key()))[:4]
    signature = base64.b64encode(key_id + key.sign(signed.encode())).decode()
    cosigned = "".join(cosignature_of(signed, name) for name in cosigners)
    return f"{signed}\n\u2014 {origin} {signature}\n{cosigned}"


def _noted_again(note: str, log: str, leaves: Sequence[bytes], key: Ed25519PrivateKey, size: int) -> str:
    """A checkpoint of these leaves, cosigned by those who have cosigned `note`."""
    read = read_checkpoint(note)
    names = [line.name for line in read.signatures if line.name in WITNESSES] if read else []
    return note_of(log, size, root_of(leaves[:size]), key, cosigners=names)


def digested(lines: Sequence[Line]) -> list[Line]:
    """With the digest of the end as it has to be; its signature stays. Anybody can do that."""
    sealed = copy.deepcopy(list(lines))
    if sealed and sealed[-1].get("kind") == "end":
        sealed[-1]["digest"] = sha256(written(sealed[:-1])).hex()
    return sealed


def rehashed(lines: Sequence[Line], previous: Mapping[int, str] | None = None) -> list[Line]:
    """With the hashes of all events as they have to be, those of the session chained. Anybody can do that, too.

    `previous` is what events have instead of the hash of the event before, by `seq`.
    """
    sealed = copy.deepcopy(list(lines))
    before = FIRST_PREVIOUS
    for line in sealed:
        event: Any = line.get("event")
        if line.get("kind") == "event":
            event["previous"] = (previous or {}).get(event["seq"], before)
        if event is not None:
            event["hash"] = hash_of(event)
        if line.get("kind") == "event":
            before = event["hash"]
    return digested(sealed)


def resealed(
    lines: Sequence[Line],
    keys: Keys,
    previous: Mapping[int, str] | None = None,
    digest: str | None = None,
) -> list[Line]:
    """With everything as it has to be, as a log of nothing but these events, signed with these keys.

    But for `previous` (see `rehashed`), and the `digest` of the end, which is signed as it is.
    """
    sealed = rehashed(lines, previous)
    placed = sorted((line for line in sealed if "event" in line), key=lambda line: line["position"])
    leaves = [bytes.fromhex(line["event"]["hash"]) for line in placed]
    log = sealed[0]["log"]
    for position, line in enumerate(placed):
        line["position"] = position
        size = position + 1 if line["kind"] == "handover" else len(leaves)
        line["proof"] = [sibling.hex() for sibling in proof_of(leaves[:size], position)]
        if line["kind"] == "handover":
            line["note"] = note_of(log, size, root_of(leaves[:size]), keys.older)
    for line in sealed:
        if line["kind"] == "checkpoint":
            line["note"] = _noted_again(line["note"], log, leaves, keys.newest, len(leaves))
        if line["kind"] == "earlier":
            read = read_checkpoint(line["note"])
            if read is not None and read.size < len(leaves):
                line["note"] = _noted_again(line["note"], log, leaves, keys.newest, read.size)
                line["proof"] = [one.hex() for one in consistency_of(leaves, read.size)]
    return ended_by(sealed, keys, digest)


def ended_by(lines: Sequence[Line], keys: Keys, digest: str | None = None) -> list[Line]:
    """With the end as it has to be, signed."""
    sealed = digested(lines)
    end = sealed[-1]
    if end["kind"] == "end":
        end["digest"] = digest or end["digest"]
        attested = {
            "log": sealed[0]["log"],
            "session": sealed[0]["session"],
            "events": end["events"],
            "digest": end["digest"],
        }
        end["signature"] = keys.newest.sign(purposed("sluice/export/v1", attested)).hex()
    return sealed


def hash_of(event: dict[str, Any]) -> str:
    body = event.get("body")
    digest = event["bodyDigest"] if body is None else body_digest(body, event["salt"])
    return event_hash(event, Event(event).type, digest)


def proof_of(leaves: Sequence[bytes], position: int) -> list[bytes]:
    """The siblings from the leaf upwards (RFC 6962, section 2.1.1)."""
    proof: list[bytes] = []
    level = [leaf_hash(leaf) for leaf in leaves]
    while len(level) > 1:
        if position ^ 1 < len(level):
            proof.append(level[position ^ 1])
        paired = [node_hash(level[index], level[index + 1]) for index in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) & ~1 :]
        position //= 2
    return proof


def consistency_of(leaves: Sequence[bytes], size: int) -> list[bytes]:
    """PROOF(size, D[n]) of RFC 6962, section 2.1.2."""

    def subproof(size: int, leaves: Sequence[bytes], is_whole: bool) -> list[bytes]:
        if size == len(leaves):
            return [] if is_whole else [root_of(leaves)]
        half = 1 << (len(leaves) - 1).bit_length() - 1
        if size <= half:
            return [*subproof(size, leaves[:half], is_whole), root_of(leaves[half:])]
        return [*subproof(size - half, leaves[half:], False), root_of(leaves[:half])]

    return subproof(size, leaves, True)
