"""The lines of an export: docs/recording-format.md, "Export"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .canonical import NotCanonical, parse_canonical
from .events import Event, read_event
from .notes import Checkpoint, read_checkpoint
from .shapes import Shape, array, base64, digest, exactly, hex_of, integer, members, nullable, text, uuid
from .signatures import decode_base64

Kind = Literal["export", "handover", "checkpoint", "earlier", "device", "event", "payload", "end"]

FOLLOWS: Mapping[Kind, tuple[Kind | None, ...]] = {
    "export": (None,),
    "handover": ("export", "handover"),
    "checkpoint": ("export", "handover"),
    "earlier": ("checkpoint", "earlier"),
    "device": ("checkpoint", "earlier", "device"),
    "event": ("checkpoint", "earlier", "device", "event", "payload"),
    "payload": ("event", "payload"),
    "end": ("event", "payload"),
}
"""Which lines a line may follow; None: it is the first."""

MOST_BYTES = 256 * 1024 * 1024

_SEQ = re.compile('"seq":([0-9]{1,15})[,}]')


def anything(_: Any) -> bool:
    """What is read by other means."""
    return True


_placed: Mapping[str, Shape] = {"event": anything, "position": integer(0), "proof": array(digest)}
_members: Mapping[str, Mapping[str, Shape]] = {
    "export": {"version": exactly(2), "log": uuid, "session": uuid},
    "handover": {**_placed, "note": text},
    "checkpoint": {"note": text},
    "earlier": {"note": text, "proof": array(digest)},
    "device": _placed,
    "event": _placed,
    "payload": {"address": digest, "salt": hex_of(32), "bytes": base64},
    "end": {"events": integer(0), "digest": digest, "signature": nullable(hex_of(64))},
}
_optional: Mapping[str, Mapping[str, Shape]] = {"export": {"withoutPayloads": exactly(True)}}
_lines: Mapping[str, Shape] = {
    kind: members({"kind": exactly(kind), **shapes}, _optional.get(kind)) for kind, shapes in _members.items()
}


@dataclass(frozen=True)
class Line:
    """A line that is of the format: `event`, `checkpoint` and `data` hold what is in it in its own form."""

    kind: Kind
    members: Mapping[str, Any]
    event: Event | None = None
    checkpoint: Checkpoint | None = None
    data: bytes | None = None
    """What a payload holds; None when its base64 is not canonical."""

    @property
    def proof(self) -> list[bytes]:
        return [bytes.fromhex(sibling) for sibling in self.members["proof"]]


def read_line(data: bytes) -> Line | None:
    """A line without its line feed; None when it is not of the format."""
    if len(data) > MOST_BYTES:
        return None
    try:
        value = parse_canonical(data)
    except NotCanonical:
        return None
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in _lines or not _lines[kind](value):
        return None
    assert isinstance(value, dict)
    event = read_event(value["event"]) if "event" in value else None
    checkpoint = read_checkpoint(value["note"]) if "note" in value else None
    decoded = decode_base64(value["bytes"]) if kind == "payload" else None
    if ("event" in value and event is None) or ("note" in value and checkpoint is None):
        return None
    return Line(kind, value, event, checkpoint, decoded)  # type: ignore[arg-type]


def guess_seq(data: bytes) -> int | None:
    """Which event a line that is not of the format is about, as far as can be told."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    found = _SEQ.search(text) if '"kind":"event"' in text else None
    return None if found is None else int(found[1])
