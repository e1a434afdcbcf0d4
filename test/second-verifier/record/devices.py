"""Whose device a key is: docs/recording-format.md, "Devices"."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .events import Event
from .hashes import purposed
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


class Devices:
    """The devices that are on the record, as their events are read in the order of the log."""

    def __init__(self) -> None:
        self._devices: dict[str, Device] = {}

    def read(self, event: Event, position: int) -> str | None:
        """Takes in an event of the relay session; says which rule it breaks, if any."""
        body = event.body
        match event.type:
            case "device_enrolled" if body is not None:
                return self._enrol(body, position)
            case "device_revoked" if body is not None:
                self._revoke(body, event.at, position)
        return None

    def is_voided(self, key: str) -> bool:
        return False

    def may_sign(self, key: str, identity: str, at: str, position: int) -> bool:
        """Whether the key was this identity's for a decision that was recorded then, at this position."""
        device = self._devices.get(key)
        if device is None or device.identity != identity or position < device.enrolled:
            return False
        if device.revoked is None or position < device.revoked[0]:
            return True
        return seconds_between(device.revoked[1], at) <= GRACE_SECONDS

    def _enrol(self, body: Mapping[str, Any], position: int) -> str | None:
        if body["key"] in self._devices:
            return "its key was enrolled before"
        wrong = self._flaw_of(body)
        if wrong is None:
            self._devices[body["key"]] = Device(body["identity"], position)
        return wrong

    def _revoke(self, body: Mapping[str, Any], at: str, position: int) -> None:
        device = self._devices.get(body["key"])
        if device is not None and device.identity == body["identity"] and device.revoked is None:
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
        return None
