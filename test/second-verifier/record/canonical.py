"""Canonical JSON (JCS, RFC 8785): docs/recording-format.md, "Encodings"."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import NoReturn

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


class NotCanonical(ValueError):
    """Bytes that are not the canonical JSON of any value, or a value that has none."""


def parse_canonical(data: bytes) -> Json:
    """The value whose canonical JSON is exactly `data`.

    That it is written again and compared finds everything that a lenient parser lets through: members given twice or in
    another order, white space, other escapes, numbers in another form.
    """
    try:
        value: Json = _DECODER.decode(data.decode("utf-8"))
        written = canonical(value)
    except (ValueError, RecursionError) as error:
        raise NotCanonical(str(error)) from None
    if written != data:
        raise NotCanonical("another text of the same value")
    return value


def parse_lenient(text: str) -> Json:
    """The value of a JSON text in any form; members given twice count once, as in ECMAScript."""
    try:
        value: Json = _DECODER.decode(text)
        return value
    except (ValueError, RecursionError) as error:
        raise NotCanonical(str(error)) from None


def canonical(value: Json) -> bytes:
    """The canonical JSON of a value, in UTF-8.

    Raises NotCanonical for half a surrogate pair, negative zero, and what is not finite.
    """
    try:
        return "".join(_pieces(value)).encode("utf-8")
    except (UnicodeEncodeError, RecursionError) as error:
        raise NotCanonical(str(error)) from None


def _pieces(value: Json) -> list[str]:
    pieces: list[str] = []
    _write(value, pieces)
    return pieces


def _write(value: Json, pieces: list[str]) -> None:
    match value:
        case None:
            pieces.append("null")
        case bool():
            pieces.append("true" if value else "false")
        case str():
            pieces.append(_text(value))
        case int():
            pieces.append(_number(float(value)))
        case float():
            pieces.append(_number(value))
        case Mapping():
            pieces.append("{")
            for index, name in enumerate(sorted(value, key=_utf16)):
                pieces.append(f"{',' if index else ''}{_text(name)}:")
                _write(value[name], pieces)
            pieces.append("}")
        case _:
            pieces.append("[")
            for index, item in enumerate(value):
                if index:
                    pieces.append(",")
                _write(item, pieces)
            pieces.append("]")


def _utf16(name: str) -> bytes:
    """RFC 8785 sorts by UTF-16 code units, in which U+1F6B2 comes before U+FF5E."""
    return name.encode("utf-16-be", "surrogatepass")


_text = json.JSONEncoder(ensure_ascii=False).encode
"""Python escapes exactly what RFC 8785 has escaped, and in the same way."""


def _number(value: float) -> str:
    """As ECMAScript's Number::toString. Python finds the same shortest digits, and lays them out otherwise."""
    if not math.isfinite(value) or (value == 0 and math.copysign(1, value) < 0):
        raise NotCanonical("not a number that JSON has")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    written = whole + fraction
    digits = written.strip("0")
    leading = len(written) - len(written.lstrip("0"))
    # The value is 0.DIGITS times ten to the power of `point`.
    point = len(whole) + int(exponent or 0) - leading
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    power = f"{'+' if point > 0 else '-'}{abs(point - 1)}"
    head = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    return f"{sign}{head}e{power}"


def _parse_number(text: str) -> int | float:
    """The nearest number that ECMAScript has; whole ones as int."""
    value = float(text)
    is_negative_zero = value == 0 and text.startswith("-")
    return int(value) if value.is_integer() and not is_negative_zero else value


def _refuse(name: str) -> NoReturn:
    raise NotCanonical(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_float=_parse_number, parse_int=_parse_number, parse_constant=_refuse)
