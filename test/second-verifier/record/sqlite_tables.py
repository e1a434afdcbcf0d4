"""A store in SQLite: docs/recording-format.md, "A store", 11."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from .rows import Column
from .tables import MOST_IN_ONE, TABLES, Tables, Unreadable

_RECORD = (*TABLES, "kysely_migration")
_LARGE = ("recorded_event", "recorded_payload")
"""Tables whose rows may be long."""
_MOST_IN_ROW = 8 * 1024 * 1024


def open_sqlite(path: Path, like: Path | None) -> Tables:
    """`like`: a store that a relay has made, with the schema that this one has to have."""
    try:
        db = _connect(path)
        # As every other program reads it: what is no UTF-8 is told apart by its replacement.
        db.text_factory = lambda data: data.decode("utf-8", "replace")
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_IN_ONE)
        if like is not None and _schema(db) != _schema(_connect(like)):
            raise Unreadable("a table is not as a relay makes it")
        _look_at_indexes(db)
        for table in TABLES:
            if table not in _LARGE:
                _look_at_rows(db, table)
    except sqlite3.Error as error:
        raise Unreadable(str(error)) from None
    return Tables(_Sqlite(db))


class _Sqlite:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def rows(self, sql: str, *values: Column) -> Iterator[tuple[Column, ...]]:
        try:
            yield from self._db.execute(sql, values)
        except sqlite3.Error as error:
            raise Unreadable(str(error)) from None


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)


def _schema(db: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """What belongs to the record's tables: its kind, its name and its text, but for white space."""
    found = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
    return {
        (kind, name): re.sub(r"\s+", " ", sql or "").strip()
        for kind, name, table, sql in found
        if table in _RECORD or name in _RECORD
    }


def _look_at_indexes(db: sqlite3.Connection) -> None:
    """An index of all events has as many entries as there are events."""
    try:
        (events,) = db.execute("SELECT count(*) FROM recorded_event NOT INDEXED").fetchone()
    except sqlite3.Error:
        # They cannot be counted, and are read up to where they cannot be read.
        return
    wanted = "SELECT name FROM pragma_index_list('recorded_event') WHERE NOT partial"
    for (name,) in db.execute(wanted).fetchall():
        (entries,) = db.execute(f'SELECT count(*) FROM recorded_event INDEXED BY "{name}"').fetchone()
        if entries != events:
            raise Unreadable(f"an index of {events} events has {entries} entries")


def _look_at_rows(db: sqlite3.Connection, table: str) -> None:
    columns = [name for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", (table,))]
    length = " + ".join(f'coalesce(length(CAST("{name}" AS BLOB)), 0)' for name in columns)
    try:
        (longest,) = db.execute(f'SELECT max({length}) FROM "{table}"').fetchone()
    except sqlite3.Error:
        # Whoever reads it says so.
        return
    if (longest or 0) > _MOST_IN_ROW:
        raise Unreadable(f"table {table} has a row of {longest} bytes")
