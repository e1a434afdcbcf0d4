"""Shapes of JSON values: which members an object has, and what each may hold. docs/recording-format.md, "Encodings"."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from .canonical import Json

Shape = Callable[[Json], bool]
"""Whether a value is of the shape."""

MAX_SAFE_INTEGER = 2**53 - 1

NO_NAME = "__proto__"
"""No member has this name: too many programs in ECMAScript lose it."""

_UUID = re.compile(
    "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
    "|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff"
)
_TIME = re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9][.][0-9]{3}Z")
_BASE64 = re.compile("([0-9a-zA-Z+/]{4})*([0-9a-zA-Z+/]{2}==|[0-9a-zA-Z+/]{3}=)?")


def text(value: Json) -> bool:
    return isinstance(value, str)


def boolean(value: Json) -> bool:
    return isinstance(value, bool)


def integer(least: int = -MAX_SAFE_INTEGER) -> Shape:
    return lambda value: (
        isinstance(value, int) and not isinstance(value, bool) and least <= value <= MAX_SAFE_INTEGER
    )


def hex_of(length: int) -> Shape:
    """So many bytes, in lower-case hex."""
    pattern = re.compile(f"[0-9a-f]{{{2 * length}}}")
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


digest = hex_of(32)


def uuid(value: Json) -> bool:
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def base64(value: Json) -> bool:
    return isinstance(value, str) and _BASE64.fullmatch(value) is not None


def time(value: Json) -> bool:
    """`2026-03-01T09:00:00.000Z`, on a day that there is."""
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return False
    year, month, day = (int(part) for part in found.groups()[:3])
    try:
        # Of the proleptic Gregorian calendar, which has a year 0, a leap year as 400 is.
        date(year or 400, month, day)
    except ValueError:
        return False
    return True


def exactly(*allowed: str | int | bool) -> Shape:
    return lambda value: any(value == one and type(value) is type(one) for one in allowed)


def nullable(shape: Shape) -> Shape:
    return lambda value: value is None or shape(value)


def array(shape: Shape, least: int = 0) -> Shape:
    return lambda value: (
        isinstance(value, list) and len(value) >= least and all(shape(item) for item in value)
    )


def record(shape: Shape) -> Shape:
    """An object with any names but one."""
    return lambda value: (
        isinstance(value, dict) and NO_NAME not in value and all(shape(item) for item in value.values())
    )


def members(required: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> Shape:
    """An object with exactly these members; the optional ones may be left out, but not be null."""
    every = {**required, **(optional or {})}

    def is_of(value: Json) -> bool:
        return (
            isinstance(value, dict)
            and required.keys() <= value.keys() <= every.keys()
            and all(every[name](item) for name, item in value.items())
        )

    return is_of
