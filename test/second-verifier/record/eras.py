"""Which keys may have signed a store's checkpoints: docs/recording-format.md, "A store", 4."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .events import Event
from .hashes import fingerprint
from .notes import Checkpoint
from .signatures import decode_base64, key_from_spki, spki_of


@dataclass
class Era:
    start: int
    """The position of its `signing_key` event."""
    key: Ed25519PublicKey | None
    is_trusted: bool = False


class Eras:
    def __init__(self, events: Iterable[tuple[int, Event]]) -> None:
        self._eras = [
            Era(position, _key_in(event.body))
            for position, event in events
            if event.type == "signing_key" and event.body is not None
        ]

    def trusted(
        self, checkpoints: Sequence[Checkpoint], given: Iterable[Ed25519PublicKey]
    ) -> list[Checkpoint]:
        """The checkpoints that a trusted era may have signed, and has."""
        known = {spki_of(key) for key in given}
        for era in self._eras:
            era.is_trusted = era.key is not None and spki_of(era.key) in known
        signers = [(one, self._signers(one)) for one in checkpoints]
        while True:
            grown = False
            for checkpoint, eras in signers:
                if not any(era.is_trusted for era in eras):
                    continue
                for era in self._eras:
                    if era.start < checkpoint.size and not era.is_trusted:
                        era.is_trusted = grown = True
            if not grown:
                break
        return [one for one, eras in signers if any(era.is_trusted for era in eras)]

    def _signers(self, checkpoint: Checkpoint) -> list[Era]:
        """The eras that may have signed it, and whose key has."""
        last = checkpoint.size - 1
        index = max((at for at, era in enumerate(self._eras) if era.start <= last), default=-1)
        if index < 0:
            return []
        may = [self._eras[index]]
        if self._eras[index].start == last and index > 0:
            may.append(self._eras[index - 1])
        return [era for era in may if era.key is not None and checkpoint.is_signed_by(era.key)]


def _key_in(body: Mapping[str, Any]) -> Ed25519PublicKey | None:
    spki = decode_base64(body["publicKey"])
    if spki is None or fingerprint(spki) != body["key"]:
        return None
    return key_from_spki(spki)
