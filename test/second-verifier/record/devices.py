"""Whose device a key is: docs/recording-format.md, "Devices"."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .events import Event
from .hashes import purposed
from .report import Voided
from .signatures import is_signed_by
from .times import seconds_between

GRACE_SECONDS = 60
"""A decision that was checked before its device was revoked may be recorded so long after."""


@dataclass
class Device:
    identity: str
    enrolled: int
    """The position of its `device_enrolled`."""
    revoked: tuple[int, str] | None = None
    """Position and time of its `device_revoked`."""


@dataclass(frozen=True)
class Broken:
    """A rule that an event of the relay session breaks."""

    seq: int
    why: str


class Devices:
    """The devices that are on the record, as events of the relay session are read in the order of the log.

    An enrolment that is voided later counts as if it were not there, so everything is judged again after each event.
    """

    def __init__(self, *, is_whole: bool = False) -> None:
        """`is_whole`: every event of the relay session is read, as of a store, and not only those that an export shows."""
        self._is_whole = is_whole
        self._events: list[tuple[Event, int]] = []
        self._devices: dict[str, Device] = {}
        self._voided_keys: set[str] = set()
        self._checkpoints: list[tuple[int, str]] = []
        self.broken: list[Broken] = []
        self.voided: list[Voided] = []

    def read(self, event: Event, position: int) -> None:
        """Takes in an event of the relay session, with its position."""
        if event.body is None or event.type not in ("device_enrolled", "device_revoked", "enrolments_voided"):
            return
        self._events.append((event, position))
        self._judge()

    def read_checkpoint(self, size: int, at: str) -> None:
        """Takes in a checkpoint by a trusted key: what stands behind it was recorded after its time."""
        self._checkpoints.append((size, at))

    def is_voided(self, key: str) -> bool:
        """Whether all enrolments of the key are voided."""
        return key in self._voided_keys

    def may_sign(self, key: str, identity: str, at: str, position: int) -> bool:
        """Whether the key was this identity's for a decision that was recorded then, at this position."""
        device = self._devices.get(key)
        if device is None or device.identity != identity or position < device.enrolled:
            return False
        if device.revoked is None or position < device.revoked[0]:
            return True
        revoked, since = device.revoked
        times = [at, *(signed for size, signed in self._checkpoints if revoked < size <= position)]
        return all(seconds_between(since, time) <= GRACE_SECONDS for time in times)

    def _judge(self) -> None:
        self._devices, self.broken, self.voided = {}, [], []
        voided = self._voided()
        enrolled: set[str] = set()
        for event, position in self._events:
            body = event.body
            assert body is not None
            if body["type"] == "device_revoked":
                self._revoke(body, event.at, position)
            elif body["type"] == "device_enrolled" and event.seq not in voided:
                enrolled.add(body["key"])
                self._enrol(event, body, position)
        self._voided_keys = {
            event.body["key"] for event, _ in self._events if event.body and event.seq in voided
        } - enrolled

    def _voided(self) -> set[int]:
        """The enrolments that do not count, by `seq`."""
        keys: dict[int, str] = {}
        voided: set[int] = set()
        for event, _ in self._events:
            body = event.body
            assert body is not None
            if body["type"] == "device_enrolled":
                keys[event.seq] = body["key"]
            elif body["type"] == "enrolments_voided":
                if all(keys.get(one["seq"]) == one["key"] for one in body["enrolments"]):
                    seqs = [one["seq"] for one in body["enrolments"]]
                    voided |= set(seqs)
                    self.voided.append(Voided(seqs, body["by"]["id"], body["reason"]))
                else:
                    self.broken.append(Broken(event.seq, "it voids an enrolment that is not there"))
        return voided

    def _enrol(self, event: Event, body: Mapping[str, Any], position: int) -> None:
        if body["key"] in self._devices:
            self.broken.append(Broken(event.seq, "its key was enrolled before"))
            return
        flaw = self._flaw_of(body)
        if flaw is None:
            self._devices[body["key"]] = Device(body["identity"], position)
        else:
            self.broken.append(Broken(event.seq, flaw))

    def _revoke(self, body: Mapping[str, Any], at: str, position: int) -> None:
        device = self._devices.get(body["key"])
        if device is not None and device.revoked is None:
            device.revoked = (position, at)

    def _flaw_of(self, body: Mapping[str, Any]) -> str | None:
        message = purposed(
            "sluice device enrolment v1",
            {"identity": body["identity"], "key": body["key"], "at": body["enrolledAt"]},
        )
        if not is_signed_by(body["key"], body["proof"], message):
            return "its own key has not signed the enrolment"
        vouching, word = body["vouchedBy"], body.get("word")
        if vouching is not None:
            if word is not None:
                return "both a device and a person vouch for it"
            other = self._devices.get(vouching["key"])
            if other is None or other.identity != body["identity"] or other.revoked is not None:
                return "the device that vouches for it is not one of its owner's"
            if not is_signed_by(vouching["key"], vouching["signature"], message):
                return "the device that vouches for it has not signed the enrolment"
        elif word is not None:
            if word["by"]["id"] == body["identity"] or word["by"]["kind"] != "person":
                return "nobody else vouches for it"
        elif self._is_whole and any(one.identity == body["identity"] for one in self._devices.values()):
            return "nobody vouches for it, and it is not its owner's first"
        return None
