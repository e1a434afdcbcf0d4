"""Rows of a store: docs/recording-format.md, "A store", 2."""

from dataclasses import dataclass
from typing import Any

from .canonical import NotCanonical, parse_canonical
from .events import Event, read_event
from .hashes import sha256
from .report import What
from .shapes import MAX_SAFE_INTEGER, digest

Column = None | int | float | str | bytes


@dataclass
class Row:
    """An event's row, as far as it could be read."""

    position: int
    columns: dict[str, Column]
    found: Event | None
    """The event, if it is one of the format, its columns do not contradict it, and its hash is its own."""
    flaws: list[tuple[What, str]]

    @property
    def is_right(self) -> bool:
        return self.found is not None

    @property
    def event(self) -> Event:
        assert self.found is not None
        return self.found

    @property
    def session(self) -> str | None:
        value = self.columns["session"]
        return value if isinstance(value, str) else None

    @property
    def seq(self) -> int | None:
        value = self.columns["seq"]
        return value if isinstance(value, int) else None

    @property
    def leaf(self) -> bytes | None:
        value = self.columns["hash"]
        return bytes.fromhex(value) if isinstance(value, str) and digest(value) else None


def read_row(columns: dict[str, Column]) -> Row:
    position = columns["position"]
    assert isinstance(position, int)
    event, flaw = _read(columns)
    return Row(position, columns, event, [] if flaw is None else [flaw])


def _read(columns: dict[str, Column]) -> tuple[Event | None, tuple[What, str] | None]:
    """In the order of the document: types, hashes of the texts as they stand, and only then what they say."""
    if not _is_typed(columns):
        return None, ("unreadable", "a column has a value of another type")
    body, salt = columns["body"], columns["salt"]
    if (body is None) != (salt is None):
        return None, ("altered", "of body and salt, only one is there")
    if body is not None and _hex_sha256(f'sluice/body/v1\n{{"body":{body},"salt":"{salt}"}}') != columns["body_digest"]:
        return None, ("altered", "its body has another digest")
    if _hash_of(columns) != columns["hash"]:
        return None, ("altered", "its hash is not that of its content")
    members: dict[str, Any] = {name: columns[name] for name in ("session", "seq", "at", "previous", "hash")}
    members["version"] = 1
    if body is None:
        members |= {"type": columns["type"], "bodyDigest": columns["body_digest"]}
    else:
        try:
            parsed: Any = parse_canonical(str(body).encode("utf-8", "surrogatepass"))
        except NotCanonical:
            return None, ("altered", "its body is not canonical")
        if not isinstance(parsed, dict) or parsed.get("type") != columns["type"]:
            return None, ("altered", "its columns and its body contradict each other")
        members |= {"body": parsed, "salt": salt}
    event = read_event(members)
    return event, None if event is not None else ("unreadable", "it is not an event of this format")


def _is_typed(columns: dict[str, Column]) -> bool:
    seq = columns["seq"]
    texts = ("session", "at", "type", "body_digest", "previous", "hash")
    return (
        isinstance(seq, int)
        and 0 <= seq <= MAX_SAFE_INTEGER
        and all(isinstance(columns[name], str) for name in texts)
        and all(columns[name] is None or isinstance(columns[name], str) for name in ("salt", "body"))
    )


def _hash_of(columns: dict[str, Column]) -> str:
    members = ("at", "bodyDigest", "previous", "seq", "session", "type")
    written = ",".join(
        f'"{name}":{columns[name]}' if name == "seq" else f'"{name}":"{columns[_COLUMN.get(name, name)]}"'
        for name in members
    )
    return _hex_sha256(f'sluice/event/v1\n{{{written},"version":1}}')


_COLUMN = {"bodyDigest": "body_digest"}


def _hex_sha256(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hex()
