"""The tables of a store in SQLite: docs/recording-format.md, "A store"."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from .notes import Checkpoint, read_checkpoint
from .rows import Column, Row, read_row
from .shapes import integer

RECORD = (
    "recorded_log",
    "recorded_event",
    "recorded_checkpoint",
    "recorded_subtree",
    "recorded_payload",
    "recorded_data_key",
    "kysely_migration",
)
_EVENT = ("position", "session", "seq", "at", "type", "salt", "body", "body_digest", "previous", "hash")


class Unreadable(Exception):
    """A table that is not as a relay makes it, or cannot be read."""


class Tables:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def log(self) -> tuple[str, Column] | None:
        """Its name, and how many events it holds by its own account, which may be anything."""
        row = next(self._rows("SELECT relay_session, size FROM recorded_log"), None)
        if row is None:
            return None
        name, size = row
        if not isinstance(name, str) or (isinstance(size, int) and not integer()(size)):
            raise Unreadable("the row of the log has a value that no program can read")
        return name, size

    def events(self) -> Iterator[Row]:
        names = ", ".join(_EVENT)
        for row in self._rows(f"SELECT {names} FROM recorded_event ORDER BY position"):
            yield read_row(dict(zip(_EVENT, row, strict=True)))

    def checkpoints(self) -> Iterator[tuple[Column, Checkpoint | None]]:
        for size, note in self._rows("SELECT size, note FROM recorded_checkpoint ORDER BY size"):
            yield size, read_checkpoint(note) if isinstance(note, str) else None

    def subtrees(self, level: int) -> dict[Column, bytes]:
        found = self._rows("SELECT place, hash FROM recorded_subtree WHERE level = ?", level)
        return {place: bytes.fromhex(text) for place, text in found if isinstance(text, str) and _is_hex(text)}

    def payloads(self) -> set[str]:
        """The addresses of those that are there, with the data key that each names."""
        found = self._rows(
            "SELECT address FROM recorded_payload WHERE data_key IN (SELECT id FROM recorded_data_key)"
        )
        return {address for (address,) in found if isinstance(address, str)}

    def _rows(self, sql: str, *values: Column) -> Iterator[tuple[Column, ...]]:
        try:
            yield from self._db.execute(sql, values)
        except sqlite3.Error as error:
            raise Unreadable(str(error)) from None


def open_tables(path: Path, like: Path | None) -> Tables:
    """`like`: a store that a relay has made, with the schema that this one has to have."""
    try:
        db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        # As every other program reads it: what is no UTF-8 is told apart by its replacement.
        db.text_factory = lambda data: data.decode("utf-8", "replace")
        schema = _schema(db)
    except sqlite3.Error as error:
        raise Unreadable(str(error)) from None
    if like is not None:
        wanted = _schema(sqlite3.connect(f"file:{like}?mode=ro&immutable=1", uri=True))
        if schema != wanted:
            raise Unreadable("a table is not as a relay makes it")
    return Tables(db)


def _schema(db: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """What belongs to the record's tables: its kind, its name and its text, but for white space."""
    found = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
    return {
        (kind, name): re.sub(r"\s+", " ", sql or "").strip()
        for kind, name, table, sql in found
        if table in RECORD or name in RECORD
    }


def _is_hex(text: str) -> bool:
    return re.fullmatch("([0-9a-f]{2})*", text) is not None
