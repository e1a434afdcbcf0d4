"""Tampers with exports, reproducibly: the same seed makes the same changes."""

import copy
import json
import random
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from record.canonical import NotCanonical

from .proofs import note_changed, proof_changed
from .seal import Keys, Line, digested, key_of, rehashed, resealed, written
from .tampering import Tampering
from .texts import bytes_changed, text_changed

Path = tuple[str | int, ...]

STRANGER = Keys(newest=key_of("stranger"), older=key_of("another stranger"))


def tamperings(
    data: bytes, keys: Keys, others: Sequence[bytes], chance: random.Random, count: int
) -> Iterator[Tampering]:
    """`count` tamperings of an export, evenly of each kind.

    `keys` have sealed it; `others` are exports to splice it with.
    """
    lines = [json.loads(line) for line in data.splitlines()]
    kinds: list[Callable[[], Tampering | None]] = [
        *[lambda: _of_member(lines, keys, chance)] * 6,
        *[lambda: _of_lines(lines, keys, chance)] * 2,
        lambda: text_changed(data, chance),
        lambda: bytes_changed(data, chance),
        lambda: proof_changed(lines, chance),
        lambda: note_changed(lines, chance),
        lambda: _spliced(data, others, chance),
    ]
    made = 0
    while made < count:
        tampering = kinds[made % len(kinds)]()
        if tampering is not None and tampering.data != data:
            yield tampering
            made += 1


# What is recomputed after a change: what anybody can compute, what a stranger can sign, what only the relay can sign.
_EFFORTS: dict[str, Callable[[Sequence[Line], Keys], list[Line]]] = {
    "nothing recomputed": lambda lines, keys: list(lines),
    "digest recomputed": lambda lines, keys: digested(lines),
    "hashes recomputed": lambda lines, keys: rehashed(lines),
    "signed by a stranger": lambda lines, keys: resealed(lines, STRANGER),
    "signed by the relay": resealed,
}


def _recomputed(what: str, lines: Sequence[Line], keys: Keys, chance: random.Random) -> Tampering | None:
    effort = chance.choice(list(_EFFORTS))
    try:
        return Tampering(f"{what}; {effort}", written(_EFFORTS[effort](lines, keys)))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, NotCanonical):
        # What is not of the format has no hash, or no place in a tree: left as it is.
        try:
            return Tampering(f"{what}; nothing recomputed", written(lines))
        except (NotCanonical, TypeError):
            return None


def _of_member(lines: Sequence[Line], keys: Keys, chance: random.Random) -> Tampering | None:
    changed = copy.deepcopy(list(lines))
    number = chance.randrange(len(changed))
    line: Any = changed[number]
    path = chance.choice([path for path in _paths(line) if path])
    holder = line
    for step in path[:-1]:
        holder = holder[step]
    name = path[-1]
    value = holder[name]
    match chance.randrange(8):
        case 0:
            what = "removed"
            del holder[name]
        case 1 if isinstance(name, str):
            what = "renamed"
            holder[chance.choice([name.upper(), f"{name} ", f"{name}\u200b", "__proto__", ""])] = holder.pop(
                name
            )
        case 1:
            what = "repeated"
            assert isinstance(holder, list) and isinstance(name, int)
            holder.insert(name, copy.deepcopy(value))
        case 2:
            what = "a member added beside"
            if isinstance(holder, dict):
                holder[
                    chance.choice(
                        ["extra", "__proto__", "constructor", "", "toString", "\uff5e", "\U0001f6b2"]
                    )
                ] = chance.choice([None, "", 0, {}, []])
            else:
                holder.append(copy.deepcopy(value))
        case 3:
            what = "taken from elsewhere"
            other = chance.choice(lines)
            holder[name] = copy.deepcopy(_at(other, chance.choice(_paths(other))))
        case _:
            what = "changed"
            holder[name] = _another(value, chance)
    return _recomputed(
        f"line {number + 1} ({line.get('kind')}), {_shown(path)} {what}", changed, keys, chance
    )


def _another(value: Any, chance: random.Random) -> Any:
    match value:
        case bool():
            return chance.choice([not value, None, 0, 1, "true"])
        case int():
            return chance.choice(
                [
                    value + 1,
                    value - 1,
                    -value,
                    0,
                    1,
                    value + 0.5,
                    2**53,
                    2**53 - 1,
                    1e21,
                    5e-324,
                    str(value),
                    None,
                    [value],
                ]
            )
        case str():
            return _another_text(value, chance)
        case list():
            changed = copy.deepcopy(value)
            chance.shuffle(changed)
            return chance.choice([changed, changed[1:], value + value, [], {}, None, "", [None], [[]]])
        case dict():
            return chance.choice([{}, [], None, "", 0, True])
        case _:
            return chance.choice([0, "", False, {}, [], "null"])


def _another_text(value: str, chance: random.Random) -> Any:
    at = chance.randrange(len(value) + 1)
    shifted = "".join(
        chance.choice("0123456789abcdef") if index == at else one for index, one in enumerate(value)
    )
    return chance.choice(
        [
            shifted,
            shifted,
            value[:at] + value[at + 1 :],
            value[:at] + chance.choice(" \n\t\u2028\x7f\x00\u00e9\ufeff\U0001f6b2\ue000=+/-_") + value[at:],
            value.upper(),
            value.title(),
            value.swapcase(),
            unicodedata.normalize("NFD", value),
            unicodedata.normalize("NFKC", f"{value}\ufb01"),
            value + value,
            f"{value}=",
            f" {value}",
            f"{value}\n",
            "",
            value[::-1],
            None,
            0,
            True,
            [value],
            {"value": value},
            "9999-12-31T23:59:59.999Z",
            "0000-02-29T00:00:00.000Z",
            "2026-02-30T09:00:00.000Z",
            "2026-03-01T09:00:00Z",
            "2026-03-01T24:00:00.000Z",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "00000000-0000-9000-8000-000000000000",
            "0" * 64,
            "AAAA",
            "AAA=",
            "AAB=",
        ]
    )


def _of_lines(lines: Sequence[Line], keys: Keys, chance: random.Random) -> Tampering | None:
    changed = copy.deepcopy(list(lines))
    one, two = sorted(chance.randrange(len(changed)) for _ in range(2))
    match chance.randrange(8):
        case 0 | 1:
            what = f"line {one + 1} removed"
            del changed[one]
        case 2:
            what = f"line {one + 1} repeated"
            changed.insert(one, copy.deepcopy(changed[one]))
        case 3:
            what = f"line {one + 1} repeated after {two + 1}"
            changed.insert(two + 1, copy.deepcopy(changed[one]))
        case 4:
            what = f"lines {one + 1} and {two + 1} exchanged"
            changed[one], changed[two] = changed[two], changed[one]
        case 5:
            what = f"line {two + 1} moved to {one + 1}"
            changed.insert(one, changed.pop(two))
        case 6:
            what = f"lines {one + 1} to {two + 1} removed"
            del changed[one : two + 1]
        case _:
            what = f"content of lines {one + 1} and {two + 1} exchanged"
            first, second = changed[one].get("event"), changed[two].get("event")
            if first is None or second is None:
                return None
            for name in ("body", "salt", "at"):
                if name in first and name in second:
                    first[name], second[name] = second[name], first[name]
    counted = sum(line["kind"] == "event" for line in changed)
    if chance.random() < 0.7 and changed and changed[-1]["kind"] == "end":
        changed[-1]["events"] = counted
    return _recomputed(what, changed, keys, chance)


def _spliced(data: bytes, others: Sequence[bytes], chance: random.Random) -> Tampering | None:
    if not others:
        return None
    other = chance.choice(others).split(b"\n")[:-1]
    own = data.split(b"\n")[:-1]
    here, there = chance.randrange(len(own)), chance.randrange(len(other))
    what, lines = chance.choice(
        [
            (f"to line {here} and from {there} of another", own[:here] + other[there:]),
            (
                f"line {here + 1} replaced by {there + 1} of another",
                own[:here] + [other[there]] + own[here + 1 :],
            ),
            (f"line {there + 1} of another put in at {here + 1}", own[:here] + [other[there]] + own[here:]),
            ("under the other's head", other[:1] + own[1:]),
            ("with the other's end", own[:-1] + other[-1:]),
        ]
    )
    changed = b"\n".join(lines) + b"\n"
    if chance.random() < 0.5:
        try:
            changed = written(digested([json.loads(line) for line in lines]))
        except (NotCanonical, ValueError):
            pass
    return Tampering(what, changed)


def _paths(value: Any, path: Path = ()) -> list[Path]:
    inner: list[Path] = []
    if isinstance(value, dict):
        inner = [found for name, item in value.items() for found in _paths(item, (*path, name))]
    elif isinstance(value, list):
        inner = [found for index, item in enumerate(value) for found in _paths(item, (*path, index))]
    return [path, *inner]


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _shown(path: Path) -> str:
    return ".".join(str(step) for step in path)
