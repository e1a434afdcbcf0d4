"""Values at the edges of what the format allows."""

from collections.abc import Iterator
from typing import Any

from ..synthetic import result, statement
from ..valid import UPDATE
from .common import NOTHING, Case, session_of


def values() -> Iterator[Case]:
    unlike: dict[str, dict[str, Any]] = {
        "the greatest number": {"rows": 2**53 - 1},
        "a greater number": {"rows": 2**53},
        "a far greater number": {"rows": 10**21},
        "the least number": {"rows": 1 - 2**53},
        "a lesser number": {"rows": -(2**53)},
        "a fraction": {"rows": 0.5},
        "an optional member that is null": {"encoding": None},
        "an unknown encoding": {"encoding": "csv"},
        "a member too many": {"extra": 1},
    }
    for name, more in unlike.items():
        yield name, session_of(statement("s1", UPDATE), result("s1", [], **more))
    for name, text in {
        "no text": "",
        "a null": "\x00",
        "the last code point": "\U0010ffff",
        "a private one": "\ue000",
        "a byte order mark": "\ufeff",
        "line separators": "\u2028\u2029",
        "escapes": '"\\/\b\f\n\r\t\x1f\x7f',
    }.items():
        yield name, session_of({**NOTHING, "text": text})
