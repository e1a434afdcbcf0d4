"""What retention has removed, and what is missing."""

from collections.abc import Iterator
from typing import Any

from ..synthetic import (
    ALAN,
    EVE,
    KEYS,
    Body,
    SyntheticSession,
    enrolment,
    hold,
    redaction,
    result,
    signing_key,
    statement,
    uuid_of,
)
from .common import NOTHING, Case, session_of


def redactions() -> Iterator[Case]:
    def made(*events: Body, missing: set[int]) -> SyntheticSession:
        session = session_of(NOTHING, NOTHING, *events)
        session.redacted = missing
        return session

    yield "nothing missing", made(redaction([]), missing=set())
    yield "as it should be", made(redaction([1, 2]), missing={1, 2})
    yield "the first event", made(redaction([0]), missing={0})
    yield "not accounted for", made(missing={1})
    yield "accounted for in part", made(redaction([2]), missing={1, 2})
    yield "two accounts", made(redaction([1]), redaction([2]), missing={1, 2})
    yield "accounted for twice", made(redaction([1]), redaction([1]), missing={1})
    yield "listed twice", made(redaction([1, 1]), missing={1})
    yield "out of order", made(redaction([2, 1]), missing={1, 2})
    yield "listed, still there", made(redaction([1, 2]), missing={1})
    yield "listed, does not exist", made(redaction([1, 99]), missing={1})
    yield "lists itself", made(redaction([3]), missing=set())
    yield "lists itself and is missing", made(redaction([3]), missing={3})
    yield "lists a later one", made(redaction([4]), NOTHING, missing={4})
    yield "lists a later one, and again after it", made(redaction([4]), NOTHING, redaction([4]), missing={4})
    yield "a redaction missing", made(redaction([1]), redaction([3]), missing={1, 3})
    yield "a redaction missing, what it listed there", made(redaction([1]), redaction([3]), missing={3})
    yield "a hold missing", made(hold(True), hold(False), redaction([3]), missing={3})
    yield "a key missing", made(signing_key(KEYS.older), redaction([3]), missing={3})
    yield "a device missing", made(enrolment(EVE, "eve-1"), redaction([3]), missing={3})
    yield "an opening missing", made(redaction([0]), missing={0})
    yield "under hold", made(hold(True), redaction([1]), missing={1})
    yield "under hold, nothing missing", made(hold(True), redaction([1]), missing=set())
    yield "hold released before", made(hold(True), hold(False), redaction([1]), missing={1})
    yield "hold released after", made(hold(True), redaction([1]), hold(False), missing={1})
    yield "hold after", made(redaction([1]), hold(True), missing={1})
    yield "held again after", made(hold(True), hold(False), redaction([1]), hold(True), missing={1})
    yield "held twice, released once", made(hold(True), hold(True), hold(False), redaction([1]), missing={1})
    yield (
        "under hold, then again without",
        made(hold(True), redaction([1]), hold(False), redaction([1]), missing={1}),
    )
    yield "held when recorded", made(hold(True), NOTHING, hold(False), redaction([4]), missing={4})
    yield (
        "a statement, its result kept",
        made(statement("s1", "SELECT 1"), result("s1", []), redaction([3]), missing={3}),
    )
    yield (
        "with who, and why",
        made(redaction([1], by=ALAN, afterDays=90, before="2026-03-01T00:00:00.000Z"), missing={1}),
    )
    yield (
        "by the schedule",
        made(redaction([1], by=None, afterDays=90, before="2026-03-01T00:00:00.000Z"), missing={1}),
    )
    unlike: tuple[tuple[str, Any], ...] = (
        ("by", "alan"),
        ("afterDays", -1),
        ("afterDays", 0),
        ("afterDays", 1.5),
        ("before", "then"),
    )
    for name, value in unlike:
        yield f"{name} is {value}", made(redaction([1], **{name: value}), missing={1})


def payloads() -> Iterator[Case]:
    def named(*bodies_after: Body, gone: bool = True, twice: bool = False) -> SyntheticSession:
        session = session_of(statement("s1", "SELECT 1"))
        address = session.payload(b'["1"]')
        if gone:
            del session.payloads[address]
        session.events += [result("s1", [address])] * (2 if twice else 1)
        session.events += bodies_after
        return session

    address = next(iter(named(gone=False).payloads))
    yield "there", named(gone=False)
    yield "there, named twice", named(gone=False, twice=True)
    yield "gone", named()
    yield "gone, named twice", named(twice=True)
    yield "redacted", named(redaction([], [address]))
    yield "redacted with its event", _with(named(redaction([2], [address])), {2})
    yield "its event redacted, not it", _with(named(redaction([2])), {2})
    yield "redacted, still there", named(redaction([], [address]), gone=False)
    yield (
        "redacted before",
        session_of(statement("s1", "SELECT 1"), redaction([], [address]), result("s1", [address])),
    )
    yield "redacted, then named again", named(redaction([], [address]), result("s1", [address]))
    yield "redacted under hold", named(hold(True), redaction([], [address]))
    yield "redacted, never named", named(redaction([], [address, "ee" * 32]))
    yield "binds gone", session_of(statement("s1", "SELECT 1", address))
    yield "binds redacted", session_of(statement("s1", "SELECT 1", address), redaction([], [address]))
    yield (
        "chunk gone",
        session_of(
            {
                "type": "chunk_returned",
                "statement": uuid_of("s1"),
                "chunk": 0,
                "firstRow": 0,
                "rows": 1,
                "bytes": 5,
                "payloads": [address],
                "recordedRows": 1,
            }
        ),
    )
    yield "twice in one event", _twice()


def _twice() -> SyntheticSession:
    session = session_of(statement("s1", "SELECT 1"))
    address = session.payload(b'["1"]')
    session.events.append(result("s1", [address, address]))
    return session


def _with(session: SyntheticSession, redacted: set[int]) -> SyntheticSession:
    session.redacted = redacted
    return session
