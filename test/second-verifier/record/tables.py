"""The tables of a store: docs/recording-format.md, "A store". What SQLite and PostgreSQL have in common."""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from .notes import Checkpoint, read_checkpoint
from .rows import Column, Row, read_row
from .shapes import integer

TABLES = (
    "recorded_log",
    "recorded_event",
    "recorded_checkpoint",
    "recorded_subtree",
    "recorded_payload",
    "recorded_data_key",
)
MOST_IN_ONE = 128 * 1024 * 1024
"""Bytes of a value, and of a row."""

_EVENT = ("position", "session", "seq", "at", "type", "salt", "body", "body_digest", "previous", "hash")


class Unreadable(Exception):
    """A table that is not as a relay makes it, or cannot be read."""


class Database(Protocol):
    def rows(self, sql: str, *values: Column) -> Iterator[tuple[Column, ...]]:
        """Raises `Unreadable` when one cannot be read. Parameters are `?`."""
        ...


class Tables:
    def __init__(self, db: Database) -> None:
        self._db = db

    def log(self) -> tuple[str, Column] | None:
        """Its name, and how many events it holds by its own account, which may be anything."""
        row = next(self._db.rows("SELECT relay_session, size FROM recorded_log"), None)
        if row is None:
            return None
        name, size = row
        if not isinstance(name, str) or (isinstance(size, int) and not integer()(size)):
            raise Unreadable("the row of the log has a value that no program can read")
        return name, size

    def events(self) -> Iterator[Row]:
        for row in self._event_rows():
            if sum(len(value) for value in row if isinstance(value, str | bytes)) > MOST_IN_ONE:
                raise Unreadable("a row has more in it than any that a relay writes")
            yield read_row(dict(zip(_EVENT, row, strict=True)))

    def _event_rows(self) -> Iterator[tuple[Column, ...]]:
        names, last = ", ".join(_EVENT), None
        try:
            for row in self._db.rows(f"SELECT {names} FROM recorded_event ORDER BY position"):
                last = row[0]
                yield row
        except Unreadable:
            # A driver may have read ahead: those before the one that cannot be read come by themselves.
            begin = "" if last is None else " WHERE position > ?"
            one = f"SELECT {names} FROM recorded_event{begin} ORDER BY position LIMIT 1"
            while row := next(self._db.rows(one, *([] if last is None else [last])), None):
                yield row
                last, one = row[0], f"SELECT {names} FROM recorded_event WHERE position > ? ORDER BY position LIMIT 1"

    def of_types(self, session: str, types: Sequence[str]) -> Iterator[Row]:
        """Events of a session, as a look-up by session says."""
        names, wanted = ", ".join(_EVENT), ", ".join("?" for _ in types)
        sql = f"SELECT {names} FROM recorded_event WHERE session = ? AND type IN ({wanted}) ORDER BY seq"
        for row in self._db.rows(sql, session, *types):
            yield read_row(dict(zip(_EVENT, row, strict=True)))

    def checkpoints(self) -> Iterator[tuple[Column, Checkpoint | None]]:
        for size, note in self._db.rows("SELECT size, note FROM recorded_checkpoint ORDER BY size"):
            yield size, read_checkpoint(note) if isinstance(note, str) else None

    def subtrees(self, level: int) -> dict[Column, bytes]:
        found = self._db.rows("SELECT place, hash FROM recorded_subtree WHERE level = ?", level)
        return {place: bytes.fromhex(text) for place, text in found if isinstance(text, str) and _is_hex(text)}

    def payloads(self) -> set[str]:
        """The addresses of those that are there, with the data key that each names."""
        found = self._db.rows(
            "SELECT address FROM recorded_payload WHERE data_key IN (SELECT id FROM recorded_data_key)"
        )
        return {address for (address,) in found if isinstance(address, str)}


def _is_hex(text: str) -> bool:
    return re.fullmatch("([0-9a-f]{2})*", text) is not None
