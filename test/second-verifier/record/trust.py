"""Which keys are trusted: docs/recording-format.md, "Keys"."""

from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .hashes import fingerprint
from .notes import Checkpoint
from .signatures import decode_base64, key_from_spki, spki_of


class Trust:
    """The keys that were given, and those that a trusted one has handed over to."""

    def __init__(self, given: Iterable[Ed25519PublicKey]) -> None:
        self._keys = {fingerprint(spki_of(key)): key for key in given}

    def add(self, body: Mapping[str, Any]) -> bool:
        """Trusts the key that a `signing_key` event names; False when what it names is no key, or another."""
        spki = decode_base64(body["publicKey"])
        key = None if spki is None else key_from_spki(spki)
        if spki is None or key is None or fingerprint(spki) != body["key"]:
            return False
        self._keys[body["key"]] = key
        return True

    def signer_of(self, checkpoint: Checkpoint) -> Ed25519PublicKey | None:
        """The trusted key that has signed it, if any."""
        return next((key for key in self._keys.values() if checkpoint.is_signed_by(key)), None)

    def names_signer_of(self, checkpoint: Checkpoint) -> bool:
        """Whether it claims to be signed by a trusted key."""
        return any(checkpoint.claims(key) for key in self._keys.values())
