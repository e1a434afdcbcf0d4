"""A synthetic session with nothing wrong in it."""

from typing import Any

from record.canonical import Json, canonical

from .seal import WITNESSES
from .synthetic import (
    ADA,
    ALAN,
    GRACE,
    KEYS,
    Body,
    SyntheticSession,
    access_asked,
    asked,
    decided,
    ended,
    enrolment,
    grant_given,
    hold,
    redaction,
    result,
    revocation,
    signing_key,
    statement,
    uuid_of,
)

UPDATE = "UPDATE ORDERS SET STATUS = 'späť 🚲' WHERE ID = 1"
BOUNDS: Json = {"rule": "change-data", "shape": ["UPDATE", {"table": "ORDERS"}], "rows": 2}
BOUNDS_TEXT = canonical(BOUNDS).decode()


def whole() -> SyntheticSession:
    """One with every type of event, every kind of line and every way to enrol a device."""
    made = SyntheticSession(
        log_events=[
            signing_key(KEYS.older),
            enrolment(GRACE, "grace-1"),
            enrolment(ALAN, "alan-1"),
            enrolment(ALAN, "alan-2", vouching="alan-1"),
            signing_key(KEYS.newest),
            revocation(GRACE, "grace-1"),
            enrolment(GRACE, "grace-2", word={"by": ALAN, "comment": "compared by telephone"}),
        ],
        late_log_events=[revocation(ALAN, "alan-2")],
    )
    made.events = [*_reading(made), *_held(), *_access(), *_rest(made)]
    w1, w2, w3 = WITNESSES
    made.earlier = {1: [w1], 8: [w1, w2], 16: [], 40: [w2], 57: [w2, w3]}
    made.cosigners = [w1]
    return made


def opened(agent: str | None = None) -> Body:
    return {
        "type": "opened",
        "identity": ADA,
        "client": {
            "application": "JavaScript",
            "version": "3.3.0",
            "protocol": "snowflake",
            "address": "::1",
            "agent": agent,
        },
        "state": statement("s1", "")["state"],
    }


def _reading(made: SyntheticSession) -> list[Body]:
    first, second = made.payload(b'["1","a"],["2","b"]'), made.payload(b'["3",null]')
    gone = made.payload(b"what retention has taken")
    del made.payloads[gone]
    made.redacted = {9, 10}
    return [
        opened(agent="copilot"),
        {"type": "prompt", "text": "who are they?\u2028\t\x7f", "source": "chat"},
        statement("s1", "SELECT ID, EMAIL FROM CUSTOMERS WHERE ID = ?", made.payload(b'{"1":"3"}')),
        {
            "type": "understanding",
            "statement": uuid_of("s1"),
            "understood": True,
            "kind": {"family": "query", "name": "select"},
            "objects": [{"type": "table", "name": "SHOP.PUBLIC.CUSTOMERS", "access": "read"}],
            "outputs": [{"name": "ID", "sources": ["direct SHOP.PUBLIC.CUSTOMERS.ID"], "unresolved": False}],
            "problem": None,
        },
        {
            "type": "decision",
            "statement": uuid_of("s1"),
            "effect": "mask",
            "rule": "shop-read",
            "reason": "masked",
            "sentence": '"ada" looks at SHOP.PUBLIC.CUSTOMERS',
            "range": {"start": 0, "end": 44},
            "policyVersion": "aa" * 32,
            "masks": [{"output": 1, "method": "token", "because": "pii.email"}],
            "computedOn": {
                "rows": {"on": "blanks", "because": "pii"},
                "outputs": [{"output": 1, "on": "tokens", "because": "pii"}],
            },
            "advice": "SELECT ID FROM CUSTOMERS",
        },
        {"type": "executed", "statement": uuid_of("s1")},
        result("s1", [first, second], encoding="json", computedOn={"on": "tokens", "because": "pii"}),
        result("s1", [first], kept={"chunks": 2, "rows": 100, "bytes": 2_000}),
        {
            "type": "chunk_returned",
            "statement": uuid_of("s1"),
            "chunk": 0,
            "firstRow": 3,
            "rows": 1,
            "bytes": 10,
            "payloads": [made.payload(b'["4","d"]')],
            "recordedRows": 1,
        },
        result("s1", [gone], encoding="arrow"),
        {
            "type": "prompt",
            "text": "what retention has taken",
            "source": "api",
            "by": "model",
            "conversation": "c-1",
        },
        hold(True),
        hold(False),
        redaction([9, 10], [gone], by=ALAN, afterDays=90, before="2026-02-28T00:00:00.000Z"),
    ]


def _held() -> list[Body]:
    request = asked("s2", UPDATE, needed=2)
    denied = asked("s3", "DELETE FROM ORDERS WHERE ID = 2")
    return [
        statement("s2", UPDATE),
        request,
        _estimated(request),
        decided(request, GRACE, "grace-2", mostRows=0, grantSeconds=600, grantRows=5),
        decided(request, ALAN, "alan-2", comment="mir recht"),
        ended(request, "approved"),
        {"type": "executed", "statement": uuid_of("s2")},
        result("s2", []),
        statement("s3", "DELETE FROM ORDERS WHERE ID = 2"),
        denied,
        decided(denied, GRACE, None, "deny", proposal="SELECT 1"),
        ended(denied, "denied"),
        {"type": "error", "statement": uuid_of("s3"), "code": "denied", "message": "never"},
    ]


def _access() -> list[Body]:
    request = access_asked("example", UPDATE, BOUNDS, needed=2)
    return [
        request,
        decided(request, GRACE, "grace-2"),
        decided(request, ALAN, "alan-2", grantSeconds=900),
        ended(request, "granted"),
        grant_given(request, BOUNDS_TEXT),
        statement("s4", UPDATE),
        _notice("grant_used", grant=uuid_of("grant"), rows="1", statement=uuid_of("s4")),
        {"type": "executed", "statement": uuid_of("s4")},
        result("s4", []),
    ]


def _rest(_: SyntheticSession) -> list[Body]:
    return [
        statement("s5", "DROP TABLE ORDERS"),
        {"type": "blocked", "statement": uuid_of("s5"), "rule": "no-structure", "reason": "by migrations"},
        statement("s6", "SELECT 1"),
        {"type": "cancelled", "statement": uuid_of("s6"), "by": "client"},
        {"type": "error", "statement": None, "code": "too_many", "message": "later"},
        {"type": "refused", "what": "GET /console", "reason": "unknown"},
        {"type": "closed", "how": "client"},
    ]


def _estimated(request: Body) -> Body:
    return _notice("approval_estimated", approval=request["approval"], rows="1", note="")


def _notice(what: str, **detail: Any) -> Body:
    return {"type": "notice", "what": what, "detail": detail}
