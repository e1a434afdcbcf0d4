"""Access that is asked for ahead, and the grants that come of it."""

from collections.abc import Iterator
from typing import Any

from ..synthetic import (
    ADA,
    ALAN,
    GRACE,
    access_asked,
    asked,
    decided,
    ended,
    grant_given,
    person,
    redaction,
    result,
    statement,
    uuid_of,
)
from ..valid import BOUNDS, BOUNDS_TEXT, UPDATE
from .common import Case, session_of


def accesses() -> Iterator[Case]:
    request, sent = access_asked("s2", UPDATE, BOUNDS, needed=2), statement("s2", UPDATE)
    grace, alan = decided(request, GRACE, "grace-1"), decided(request, ALAN, "alan-1")
    yes, given = ended(request, "granted"), grant_given(request, BOUNDS_TEXT)
    ran = {"type": "executed", "statement": uuid_of("s2")}
    yield "as it should be", session_of(request, grace, alan, yes, given)
    yield "one vote too few", session_of(request, grace, yes)
    yield "one vote too few, given", session_of(request, grace, given)
    yield "one vote too few, granted and given", session_of(request, grace, yes, given)
    yield "a vote repeated", session_of(request, grace, grace, given)
    yield "a vote of the requester", session_of(request, grace, decided(request, ADA, None), given)
    yield "a vote taken back", session_of(request, grace, alan, decided(request, ALAN, None, "deny"), given)
    yield (
        "a vote of a workload",
        session_of(request, grace, decided(request, person("ci", "workload"), None), given),
    )
    yield "a vote after", session_of(request, grace, given, alan)
    yield "given without an end", session_of(request, grace, alan, given)
    yield "given after a denial", session_of(request, grace, alan, ended(request, "denied"), given)
    yield "given twice", session_of(request, grace, alan, yes, given, given)
    yield "approved", session_of(request, grace, alan, ended(request, "approved"))
    yield "needed differs", session_of({**request, "needed": 1}, grace, given)
    for name, body in (("statement", sent), ("executed", ran), ("result", result("s2", []))):
        yield f"{name} after", session_of(request, body)
        yield f"{name} before", session_of(body, request)
    yield (
        "error of it",
        session_of(request, {"type": "error", "statement": uuid_of("s2"), "code": "x", "message": ""}),
    )
    yield (
        "chunk of it",
        session_of(
            request,
            {
                "type": "chunk_returned",
                "statement": uuid_of("s2"),
                "chunk": 0,
                "firstRow": 0,
                "rows": 0,
                "bytes": 0,
                "payloads": [],
                "recordedRows": 0,
            },
        ),
    )
    yield "asked twice", session_of(request, request, grace, alan, yes, given)
    yield "asked as a statement, too", session_of(sent, asked("s2", UPDATE), request)
    yield "bound as a statement", session_of({**request, "bound": asked("s2", UPDATE)["bound"]}, grace)
    for name, value in (("session", uuid_of("x")), ("statement", uuid_of("x")), ("approval", uuid_of("x"))):
        other_bound: dict[str, Any] = {name: value}
        bad = access_asked("s2", UPDATE, BOUNDS, **other_bound)
        yield (
            f"bound to another {name}",
            session_of({**bad, "statement": request["statement"], "approval": request["approval"]}),
        )
    yield "binding of another", session_of({**request, "binding": "dd" * 32})
    yield (
        "odd names",
        session_of(
            access_asked(
                "s2",
                UPDATE,
                BOUNDS,
                bindTypes={"constructor": "TEXT", "é": "1", "\U0001f6b2": "2", "\uff5e": "3", "": "4"},
            )
        ),
    )
    yield (
        "a name that ECMAScript keeps for itself",
        session_of(access_asked("s2", UPDATE, BOUNDS, bindTypes={"__proto__": "TEXT"})),
    )
    made = session_of(request, grace, alan, yes, given, redaction([1]))
    made.redacted = {1}
    yield "asked, redacted", made
    made = session_of(request, ran, redaction([1]))
    made.redacted = {1}
    yield "asked, redacted, and run", made


def grants() -> Iterator[Case]:
    request = access_asked("s2", UPDATE, BOUNDS)
    grace = decided(request, GRACE, "grace-1")
    for name, detail in {
        "as it should be": {},
        "more rows": {"rows": "3"},
        "fewer rows": {"rows": "1"},
        "more rows in all": {"rowsInAll": "6"},
        "more rows in all, shorter text": {"rowsInAll": "10"},
        "rows with a sign": {"rows": "+2"},
        "rows less than none": {"rows": "-1"},
        "rows in hex": {"rows": "0x2"},
        "rows with an exponent": {"rows": "1e0"},
        "rows with a point": {"rows": "2.0"},
        "rows with a blank": {"rows": " 2"},
        "rows with a line feed": {"rows": "2\n"},
        "rows with zeroes": {"rows": "002"},
        "rows in other digits": {"rows": "٢"},
        "rows of nothing": {"rows": ""},
        "rows not a number": {"rows": "NaN"},
        "rows without end": {"rows": "Infinity"},
        "rows far too many": {"rows": "9" * 400},
        "longer": {"expiresAt": "2026-03-01T09:15:00.001Z"},
        "shorter": {"expiresAt": "2026-03-01T09:00:00.001Z"},
        "over before it begins": {"expiresAt": "2026-03-01T08:00:00.000Z"},
        "no time": {"expiresAt": "soon"},
        "a time with another zone": {"expiresAt": "2026-03-01T10:15:00.000+01:00"},
        "a time without milliseconds": {"expiresAt": "2026-03-01T09:15:00Z"},
        "a time without a zone": {"expiresAt": "2026-03-01T09:15:00.000"},
        "a date": {"startsAt": "2026-03-01"},
        "a time of no day": {"startsAt": "2026-02-30T09:00:00.000Z"},
        "other bounds": {"bounds": BOUNDS_TEXT.replace("ORDERS", "CUSTOMERS")},
        "bounds in another order": {
            "bounds": '{"shape":["UPDATE",{"table":"ORDERS"}],"rows":2,"rule":"change-data"}'
        },
        "bounds with blanks": {"bounds": BOUNDS_TEXT.replace(",", ", ")},
        "bounds with another number": {"bounds": BOUNDS_TEXT.replace('"rows":2', '"rows":2.0')},
        "bounds with a name twice": {"bounds": BOUNDS_TEXT.replace('"rows":2', '"rows":1,"rows":2')},
        "bounds with a name that ECMAScript keeps": {
            "bounds": BOUNDS_TEXT.replace("{", '{"__proto__":{},', 1)
        },
        "bounds that are no JSON": {"bounds": "{"},
        "bounds with NaN": {"bounds": "NaN"},
        "bounds with half a pair": {"bounds": '"\\ud800"'},
        "bounds with negative zero": {"bounds": "-0"},
        "bounds of nothing": {"bounds": ""},
        "of no approval": {"approval": "nothing"},
        "of another approval": {"approval": uuid_of("other")},
    }.items():
        yield name, session_of(request, grace, grant_given(request, **{"bounds": BOUNDS_TEXT, **detail}))
    for missing in ("approval", "bounds", "rows", "rowsInAll", "startsAt", "expiresAt", "grant"):
        given = grant_given(request, BOUNDS_TEXT)
        del given["detail"][missing]
        yield f"without {missing}", session_of(request, grace, given)
    early = grant_given(request, BOUNDS_TEXT)
    yield "before the request", session_of(early, request, grace)
    held = asked("s2", UPDATE)
    yield (
        "of a held statement, other bounds",
        session_of(statement("s2", UPDATE), held, decided(held, GRACE, "grace-1"), grant_given(held, "{}")),
    )
    yield (
        "of a held statement, without votes",
        session_of(statement("s2", UPDATE), held, grant_given(held, "{}")),
    )
    later: dict[str, Any] = {"from": "2026-03-01T09:10:00.000Z"}
    fixed = access_asked("s2", UPDATE, BOUNDS, **later)
    yield (
        "earlier than asked for",
        session_of(fixed, decided(fixed, GRACE, "grace-1"), grant_given(fixed, BOUNDS_TEXT)),
    )
    yield (
        "later than asked for",
        session_of(
            fixed,
            decided(fixed, GRACE, "grace-1"),
            grant_given(
                fixed, BOUNDS_TEXT, startsAt="2026-03-01T09:20:00.000Z", expiresAt="2026-03-01T09:35:00.000Z"
            ),
        ),
    )
    lesser: dict[str, dict[str, Any]] = {
        "fewer rows agreed": {"mostRows": 1},
        "fewer rows in all agreed": {"grantRows": 1},
        "less time agreed": {"grantSeconds": 1},
    }
    for name, more in lesser.items():
        yield (
            name,
            session_of(
                request, decided(request, GRACE, "grace-1", **more), grant_given(request, BOUNDS_TEXT)
            ),
        )
