"""A store in PostgreSQL: docs/recording-format.md, "A store", 11, and "A store in use"."""

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from pg8000.dbapi import Connection, Error, connect

from .rows import Column
from .tables import TABLES, Tables, Unreadable

_TYPES = ("text", "bigint", "bytea")


def open_postgres(url: str) -> Tables:
    """All of it is read as it is at one moment, and nothing is changed."""
    place = urlsplit(url)
    try:
        db = connect(
            user=unquote(place.username or ""),
            password=unquote(place.password or ""),
            host=place.hostname,
            port=place.port or 5432,
            database=place.path.lstrip("/"),
            timeout=60,
        )
        cursor = db.cursor()
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # What somebody has made under a name of the server's own is not asked.
        cursor.execute("SELECT set_config('search_path', 'pg_catalog, ' || current_setting('search_path'), true)")
        for table in TABLES:
            _look_at(db, table)
    except Error as error:
        raise Unreadable(_said(error)) from None
    return Tables(_Postgres(db))


class _Postgres:
    def __init__(self, db: Connection) -> None:
        self._db = db

    def rows(self, sql: str, *values: Column) -> Iterator[tuple[Column, ...]]:
        try:
            cursor = self._db.cursor()
            cursor.execute("SAVEPOINT here")
            cursor.execute(sql.replace("?", "%s"), values)
            yield from (tuple(row) for row in cursor.fetchall())
        except Error as error:
            self._db.cursor().execute("ROLLBACK TO here")
            raise Unreadable(_said(error)) from None


def _look_at(db: Connection, table: str) -> None:
    cursor = db.cursor()
    cursor.execute(
        "SELECT oid, relkind, relrowsecurity, EXISTS (SELECT FROM pg_rewrite WHERE ev_class = pg_class.oid),"
        " EXISTS (SELECT FROM pg_inherits WHERE pg_class.oid IN (inhparent, inhrelid))"
        " FROM pg_class WHERE oid = to_regclass(%s)",
        (table,),
    )
    found = cursor.fetchone()
    if found is None:
        raise Unreadable(f"table {table} is not there")
    oid, kind, *others = found
    if kind not in ("r", b"r") or any(others):
        raise Unreadable(f"table {table} is not a plain table")
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped"
        " AND (attgenerated <> '' OR format_type(atttypid, NULL) NOT IN (%s, %s, %s))",
        (oid, *_TYPES),
    )
    column = cursor.fetchone()
    if column is not None:
        raise Unreadable(f"table {table} has a column `{column[0]}` that no relay makes")


def _said(error: Error) -> str:
    told = error.args[0] if error.args else ""
    return str(told.get("M") if isinstance(told, dict) else told)
