"""Requests, votes and ends of approvals."""

from collections.abc import Iterator
from typing import Any

from ..synthetic import (
    ADA,
    ALAN,
    EVE,
    GRACE,
    access_asked,
    asked,
    decided,
    ended,
    person,
    redaction,
    statement,
    uuid_of,
)
from ..valid import BOUNDS, UPDATE
from .common import Case, session_of


def approvals() -> Iterator[Case]:
    request, sent = asked("s2", UPDATE, needed=2), statement("s2", UPDATE)
    grace, alan = decided(request, GRACE, "grace-1"), decided(request, ALAN, "alan-1")
    yes, ran = ended(request, "approved"), {"type": "executed", "statement": uuid_of("s2")}
    yield "as it should be", session_of(sent, request, grace, alan, yes, ran)
    yield "one vote too few", session_of(sent, request, grace, yes, ran)
    yield "no vote", session_of(sent, request, yes, ran)
    yield "a vote repeated", session_of(sent, request, grace, grace, yes, ran)
    yield "a vote after the end", session_of(sent, request, grace, yes, alan, ran)
    yield "a vote of the requester", session_of(sent, request, grace, decided(request, ADA, None), yes, ran)
    yield (
        "a vote of a workload",
        session_of(sent, request, grace, decided(request, person("ci", "workload"), None), yes),
    )
    yield (
        "a vote taken back",
        session_of(sent, request, grace, alan, decided(request, ALAN, "alan-1", "deny"), yes),
    )
    yield (
        "a vote taken back and given anew",
        session_of(sent, request, grace, decided(request, ALAN, None, "deny"), alan, yes),
    )
    yield (
        "unsigned votes",
        session_of(sent, request, decided(request, GRACE, None), decided(request, ALAN, None), yes),
    )
    yield "asked for fewer votes than bound", session_of(sent, {**request, "needed": 1}, grace, yes)
    yield "asked for more votes than bound", session_of(sent, {**request, "needed": 3}, grace, alan, yes)
    yield (
        "asked of others than bound",
        session_of(sent, {**request, "approvers": ["anybody"]}, grace, alan, yes),
    )
    yield (
        "asked until later than bound",
        session_of(sent, {**request, "expiresAt": "2027-01-01T00:00:00.000Z"}, grace),
    )
    yield "nobody needed", session_of(sent, {**request, "needed": 0}, yes)
    yield (
        "denied and run",
        session_of(sent, request, decided(request, ALAN, "alan-1", "deny"), ended(request, "denied"), ran),
    )
    yield "denied by nobody", session_of(sent, request, ended(request, "denied"))
    yield "granted, though no access", session_of(sent, request, grace, alan, ended(request, "granted"))
    yield "ended twice", session_of(sent, request, grace, alan, yes, ended(request, "void"))
    yield "approved twice", session_of(sent, request, grace, alan, yes, yes)
    yield "approved after denied", session_of(sent, request, ended(request, "denied"), grace, alan, yes)
    yield "not asked", session_of(sent, grace, alan, yes)
    yield "asked after the votes", session_of(sent, grace, alan, request, yes)
    yield "asked twice", session_of(sent, request, request, grace, alan, yes)
    yield "asked twice, votes between", session_of(sent, request, grace, request, alan, yes)
    other = asked("s2", UPDATE, needed=1)
    yield "asked twice, differently", session_of(sent, request, other, decided(other, GRACE, "grace-1"), yes)
    yield "asked without the statement", session_of(request, grace, alan, yes)
    yield "asked before the statement", session_of(request, sent, grace, alan, yes)
    yield "another text before", session_of(statement("s2", "SELECT 1"), request, grace, alan, yes)
    yield "another text after", session_of(request, statement("s2", "SELECT 1"), grace, alan, yes)
    yield "the statement twice", session_of(sent, sent, request, grace, alan, yes)
    yield "the statement twice, differently", session_of(sent, statement("s2", "SELECT 1"), request)
    yield "binds of the statement", session_of(statement("s2", UPDATE, "cc" * 32), request)
    yield "binding of another", session_of(sent, {**request, "binding": "dd" * 32}, grace)
    yield (
        "binding of another, votes too",
        session_of(
            sent, *(({**body, "binding": "dd" * 32}) for body in (request, decided(request, GRACE, None)))
        ),
    )
    for name, value in (
        ("session", uuid_of("other")),
        ("statement", uuid_of("s3")),
        ("approval", uuid_of("other")),
        ("requester", EVE["id"]),
    ):
        other_bound: dict[str, Any] = {name: value}
        bad = asked("s2", UPDATE, **other_bound)
        bad = {**bad, "statement": uuid_of("s2"), "approval": request["approval"]}
        yield f"bound to another {name}", session_of(sent, bad, decided(bad, GRACE, "grace-1"))
    odd = asked("s2", UPDATE)
    yield (
        "a bound of access",
        session_of(
            sent,
            {**odd, "bound": access_asked("s2", UPDATE, BOUNDS)["bound"]},
            decided(odd, GRACE, "grace-1"),
        ),
    )
    yield "a vote on another binding", session_of(sent, request, {**grace, "binding": "dd" * 32})
    yield (
        "an unsigned vote on another binding",
        session_of(sent, request, {**grace, "binding": "dd" * 32, "signature": None}),
    )
    yield "a vote on another statement", session_of(sent, request, {**grace, "statement": uuid_of("s3")})
    yield (
        "an end of another statement",
        session_of(sent, request, grace, alan, {**yes, "statement": uuid_of("s3")}),
    )
    for name, value in (
        ("comment", "go ahead!"),
        ("verdict", "deny"),
        ("mostRows", 10),
        ("grantSeconds", 1),
        ("grantRows", 1),
        ("proposal", ""),
    ):
        yield f"another {name} than signed", session_of(sent, request, {**grace, name: value})
    yield (
        "signed as of another time",
        session_of(
            sent,
            request,
            {**grace, "signature": {**grace["signature"], "decidedAt": "2026-03-01T09:00:00.001Z"}},
        ),
    )
    yield "a vote of one, signed by another", session_of(sent, request, {**grace, "by": ALAN})
    yield "a vote under another name", session_of(sent, request, {**grace, "by": {**GRACE, "name": "Eve"}})
    yield (
        "a vote of the same id, as a workload",
        session_of(sent, request, {**grace, "by": {**GRACE, "kind": "workload"}}),
    )
    yield "signed by an unknown device", session_of(sent, request, decided(request, GRACE, "grace-9"))
    yield (
        "a number of rows with a denial",
        session_of(
            sent, request, decided(request, GRACE, "grace-1", "deny", mostRows=3, grantSeconds=3, grantRows=3)
        ),
    )
    yield (
        "a proposal with an approval",
        session_of(sent, request, decided(request, GRACE, "grace-1", proposal="SELECT 1")),
    )
    yield (
        "an empty comment with a denial",
        session_of(sent, request, decided(request, GRACE, "grace-1", "deny", comment="")),
    )
    decided_late = decided(request, GRACE, "grace-1")
    yield (
        "after it has expired",
        session_of(sent, asked("s2", UPDATE, expiresAt="2020-01-01T00:00:00.000Z"), decided_late),
    )
    for redacted in (1, 2, 3, 4, 5):
        made = session_of(sent, request, grace, decided(request, EVE, None), yes, redaction([redacted]))
        made.redacted = {redacted}
        yield f"with event {redacted} redacted", made
    made = session_of(statement("s2", "SELECT 1"), request, grace, yes, redaction([1]))
    made.redacted = {1}
    yield "another text, redacted", made
