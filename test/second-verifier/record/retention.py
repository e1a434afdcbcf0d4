"""What may be missing: docs/recording-format.md, "Redaction" and "A session"."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .events import Event
from .report import Removal

NEVER_REDACTED = (
    "redacted",
    "hold",
    "signing_key",
    "device_enrolled",
    "device_revoked",
    "enrolments_voided",
)


@dataclass(frozen=True)
class Redaction:
    """What one `redacted` event lists."""

    seq: int
    bodies: frozenset[int]
    payloads: frozenset[str]


@dataclass(frozen=True)
class Missing:
    """A body or a payload that is not there, and that nothing accounts for."""

    seq: int
    payload: str | None


class Retention:
    """What the events of one session name, and what its `redacted` events account for."""

    def __init__(self) -> None:
        self._without_body: list[Event] = []
        self._named: list[tuple[int, str]] = []
        self._redactions: list[Redaction] = []
        """The valid ones."""
        self._removals: dict[tuple[str, str | None, int | None], tuple[int, int]] = {}
        self._is_held = False
        self.present: set[str] = set()
        """The payloads that are there."""

    @property
    def redacted(self) -> int:
        return len(self._without_body)

    def read(self, event: Event, *, is_signed: bool) -> None:
        """Takes in an event; `is_signed`: a trusted checkpoint covers it, without which no redaction counts."""
        body = event.body
        if body is None:
            self._without_body.append(event)
            return
        self._named += [(event.seq, address) for address in event.payloads()]
        match body["type"]:
            case "hold":
                self._is_held = body["held"]
            case "redacted" if is_signed and not self._is_held:
                self._redact(event.seq, body)

    @property
    def named(self) -> list[tuple[int, str]]:
        """The payloads that events name, each with the event's `seq`."""
        return self._named

    def removals(self) -> list[Removal]:
        return [Removal(*of, *counts) for of, counts in self._removals.items()]

    def _redact(self, seq: int, body: Mapping[str, Any]) -> None:
        self._redactions.append(Redaction(seq, frozenset(body["events"]), frozenset(body["payloads"])))
        by = body.get("by")
        of = (body["rule"], None if by is None else by["id"], body.get("afterDays"))
        bodies, payloads = self._removals.get(of, (0, 0))
        self._removals[of] = (
            bodies + len(set(body["events"])),
            payloads + len(set(body["payloads"])),
        )

    def first_naming(self, address: str) -> int | None:
        """The first event so far that names the payload."""
        return next((seq for seq, named in self._named if named == address), None)

    def missing(self) -> Iterator[Missing]:
        for event in self._without_body:
            if event.type in NEVER_REDACTED or not any(
                event.seq in redaction.bodies and event.seq < redaction.seq for redaction in self._redactions
            ):
                yield Missing(event.seq, None)
        for seq, address in self._named:
            if address not in self.present and not any(
                address in redaction.payloads and seq < redaction.seq for redaction in self._redactions
            ):
                yield Missing(seq, address)
