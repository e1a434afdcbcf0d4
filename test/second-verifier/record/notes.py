"""Checkpoints, which are signed notes: docs/recording-format.md, "Checkpoints"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from . import shapes
from .hashes import sha256
from .signatures import decode_base64, is_signed, raw_of

MOST_SIGNATURES = 100
MOST_CHARACTERS = 1_000_000

_WHITE_SPACE = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
"""Unicode's White_Space."""

_TEXT = re.compile("sluice/log/(?P<log>[^\n]*)\n(?P<size>[1-9][0-9]*)\n(?P<root>[^\n]*)\nat (?P<at>[^\n]*)\n")
_SIGNATURE = re.compile("\u2014 (?P<name>[^ ]+) (?P<value>[^ ]+)")


@dataclass(frozen=True)
class NoteSignature:
    name: str
    id: bytes
    value: bytes


@dataclass(frozen=True)
class Checkpoint:
    log: str
    size: int
    root: bytes
    at: str
    signed: bytes
    signatures: Sequence[NoteSignature]

    @property
    def origin(self) -> str:
        return f"sluice/log/{self.log}"

    def claims(self, key: Ed25519PublicKey) -> bool:
        """Whether it has signatures that are said to be of this key."""
        return bool(self._signatures_of(key))

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Whether it has signatures of this key of its log, and each of them is valid."""
        own = self._signatures_of(key)
        return bool(own) and all(is_signed(key, line.value, self.signed) for line in own)

    def is_cosigned_by(self, witness: "Witness") -> bool:
        """Whether it has cosignatures of this witness, and each of them is valid."""
        own = [line for line in self.signatures if (line.name, line.id) == (witness.name, witness.id)]
        return bool(own) and all(self._is_cosignature(line.value, witness) for line in own)

    def _is_cosignature(self, value: bytes, witness: "Witness") -> bool:
        at = int.from_bytes(value[:8])
        message = f"cosignature/v1\ntime {at}\n".encode() + self.signed
        return len(value) == 8 + 64 and at < 2**63 and is_signed(witness.key, value[8:], message)

    def _signatures_of(self, key: Ed25519PublicKey) -> list[NoteSignature]:
        key_id = sha256(self.origin.encode() + b"\n\x01" + raw_of(key))[:4]
        return [line for line in self.signatures if (line.name, line.id) == (self.origin, key_id)]


@dataclass(frozen=True)
class Witness:
    name: str
    id: bytes
    key: Ed25519PublicKey


def witness_id(name: str, key: Ed25519PublicKey) -> bytes:
    return sha256(name.encode() + b"\n\x04" + raw_of(key))[:4]


def read_witness(text: str) -> Witness:
    """From its verifier key, NAME+ID+BASE64."""
    name, key_id, encoded = text.split("+", 2)
    data = decode_base64(encoded)
    if data is None or len(data) != 33 or data[0] != 4:
        raise ValueError("not the verifier key of a witness")
    witness = Witness(name, bytes.fromhex(key_id), Ed25519PublicKey.from_public_bytes(data[1:]))
    if witness.id != witness_id(name, witness.key):
        raise ValueError("the verifier key has another id")
    return witness


def read_checkpoint(note: str) -> Checkpoint | None:
    """The checkpoint of which this is the text; None when it is of another form."""
    if len(note.encode("utf-16-le")) // 2 > MOST_CHARACTERS:
        return None
    if re.search("[\x00-\x09\x0b-\x1f]", note):
        return None
    text, blank, after = note.partition("\n\n")
    found = _TEXT.fullmatch(f"{text}\n")
    if not blank or found is None or not after.endswith("\n"):
        return None
    root, size = decode_base64(found["root"]), int(found["size"][:17])
    lines = after[:-1].split("\n")
    signatures = [line for line in map(_read_signature, lines) if line is not None]
    if (
        found["log"] != found["log"].lower()
        or not shapes.uuid(found["log"])
        or not shapes.time(found["at"])
        or root is None
        or len(root) != 32
        or size > shapes.MAX_SAFE_INTEGER
        or not len(signatures) == len(lines) <= MOST_SIGNATURES
    ):
        return None
    return Checkpoint(found["log"], size, root, found["at"], f"{text}\n".encode(), signatures)


def _read_signature(line: str) -> NoteSignature | None:
    found = _SIGNATURE.fullmatch(line)
    if found is None or "+" in found["name"] or _WHITE_SPACE.search(found["name"]):
        return None
    value = decode_base64(found["value"])
    return None if value is None or len(value) < 5 else NoteSignature(found["name"], value[:4], value[4:])
