"""How devices are enrolled, vouched for, revoked and voided."""

import base64
from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ..seal import key_of, public_base64
from ..synthetic import (
    ALAN,
    GRACE,
    Body,
    SyntheticSession,
    asked,
    decided,
    enrolment,
    person,
    revocation,
    statement,
)
from ..valid import UPDATE
from .common import Case, session_of


def devices() -> Iterator[Case]:
    request, sent = asked("s2", UPDATE), statement("s2", UPDATE)
    vote = decided(request, GRACE, "grace-1")
    first = enrolment(GRACE, "grace-1")

    def voted(*devices: Body, by: str = "grace-1", late: tuple[Body, ...] = ()) -> SyntheticSession:
        return session_of(
            sent, request, decided(request, GRACE, by), devices=list(devices), late_log_events=list(late)
        )

    word = {"by": ALAN, "comment": "compared"}
    yield "none", voted()
    yield "first", voted(first)
    yield "enrolled afterwards", voted(late=(first,))
    yield "revoked before", voted(first, revocation(GRACE, "grace-1"))
    yield "revoked afterwards", voted(first, late=(revocation(GRACE, "grace-1"),))
    yield "revoked by another", voted(first, {**revocation(GRACE, "grace-1"), "identity": ALAN["id"]})
    at_once = voted(first, revocation(GRACE, "grace-1"))
    at_once.log_hour = "09"
    yield "revoked a moment before", at_once
    yield "revoked twice", voted(first, revocation(GRACE, "grace-1"), revocation(GRACE, "grace-1"))
    yield "revoked, never enrolled", voted(first, revocation(GRACE, "grace-7"))
    yield "revoked and enrolled anew", voted(first, revocation(GRACE, "grace-1"), first)
    yield "enrolled twice", voted(first, first)
    yield "enrolled twice, for two", voted(first, enrolment(ALAN, "grace-1"))
    yield "enrolled for another", voted(enrolment(ALAN, "grace-1"))
    yield "proof of another", voted({**first, "proof": enrolment(GRACE, "grace-2")["proof"]})
    yield "proof of another time", voted({**first, "enrolledAt": "2026-03-01T08:00:00.001Z"})
    yield "proof of another owner", voted({**first, "identity": ALAN["id"]}, first)
    yield "another name", voted({**first, "name": "tablet"})
    yield "no proof", voted({**first, "proof": ""})
    yield (
        "proof not canonical",
        voted({**first, "proof": first["proof"][:-3] + _next(first["proof"][-3]) + "=="}),
    )
    yield "key not canonical", voted({**first, "key": first["key"][:-2] + _next(first["key"][-2]) + "="})
    yield "a second by nobody", voted(first, enrolment(GRACE, "grace-2"), by="grace-2")
    yield "a second by the first", voted(first, enrolment(GRACE, "grace-2", vouching="grace-1"), by="grace-2")
    yield (
        "a second by another's",
        voted(first, enrolment(ALAN, "alan-1"), enrolment(GRACE, "grace-2", vouching="alan-1"), by="grace-2"),
    )
    yield (
        "a second by the revoked",
        voted(
            first, revocation(GRACE, "grace-1"), enrolment(GRACE, "grace-2", vouching="grace-1"), by="grace-2"
        ),
    )
    yield (
        "a second by one that comes later",
        voted(enrolment(GRACE, "grace-2", vouching="grace-1"), first, by="grace-2"),
    )
    yield "a second by itself", voted(enrolment(GRACE, "grace-2", vouching="grace-2"), by="grace-2")
    yield (
        "a second by one that is not there",
        voted(enrolment(GRACE, "grace-2", vouching="grace-8"), by="grace-2"),
    )
    second = enrolment(GRACE, "grace-2", vouching="grace-1")
    yield (
        "a second that the first has not signed",
        voted(
            first,
            {**second, "vouchedBy": {**second["vouchedBy"], "signature": second["proof"]}},
            by="grace-2",
        ),
    )
    yield (
        "a third by the second",
        voted(
            first,
            second,
            enrolment(GRACE, "grace-3", vouching="grace-2"),
            by="grace-3",
        ),
    )
    yield (
        "a third by the second, the first revoked",
        voted(
            first,
            second,
            revocation(GRACE, "grace-1"),
            enrolment(GRACE, "grace-3", vouching="grace-2"),
            by="grace-3",
        ),
    )
    yield "by word", voted(enrolment(GRACE, "grace-1", word=word))
    yield "by word, the first in use", voted(first, enrolment(GRACE, "grace-2", word=word), by="grace-2")
    yield (
        "by word, the first replaced",
        voted(first, revocation(GRACE, "grace-1"), enrolment(GRACE, "grace-2", word=word), by="grace-2"),
    )
    for name, bad in (
        ("of the owner", {**word, "by": GRACE}),
        ("of the owner under another name", {**word, "by": {**GRACE, "subject": "eve", "name": "Eve"}}),
        ("of a workload", {**word, "by": person("ci", "workload")}),
        ("without a comment", {**word, "comment": ""}),
        ("with a blank comment", {**word, "comment": " \n"}),
    ):
        yield f"by word {name}", voted(enrolment(GRACE, "grace-1", word=bad))
    yield (
        "by word and a device",
        voted(first, enrolment(GRACE, "grace-2", vouching="grace-1", word=word), by="grace-2"),
    )
    p256 = ec.derive_private_key(7, ec.SECP256R1()).public_key()
    spki = p256.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for name, key in (("P-256", _base64(spki)), ("nothing", ""), ("no key", "AAAA")):
        yield f"a key that is {name}", voted({**first, "key": key})
        yield (
            f"a vote with a key that is {name}",
            session_of(sent, request, {**vote, "signature": {**vote["signature"], "key": key}}),
        )
    raw = public_base64(key_of("grace-1"))
    longer = _base64(_unbase64(raw) + b"\0")
    yield "a key with a byte more", voted({**enrolment(GRACE, "grace-1"), "key": longer})
    yield (
        "a vote with an empty signature",
        session_of(sent, request, {**vote, "signature": {**vote["signature"], "value": ""}}),
    )
    tail = vote["signature"]["value"]
    yield (
        "a vote with a signature not canonical",
        session_of(
            sent,
            request,
            {**vote, "signature": {**vote["signature"], "value": tail[:-3] + _next(tail[-3]) + "=="}},
        ),
    )
    tail = vote["signature"]["key"]
    yield (
        "a vote with a key not canonical",
        session_of(
            sent,
            request,
            {**vote, "signature": {**vote["signature"], "key": tail[:-2] + _next(tail[-2]) + "="}},
        ),
    )


def _next(character: str) -> str:
    """The character after it in base64: of the last one, it changes only bits that count for nothing."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return alphabet[(alphabet.index(character) + 1) % 64]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unbase64(text: str) -> bytes:
    return base64.b64decode(text)


def voids() -> Iterator[Case]:
    request, sent = asked("s2", UPDATE), statement("s2", UPDATE)
    first, second = enrolment(GRACE, "grace-1"), enrolment(GRACE, "grace-2")
    spoilt = {**first, "proof": second["proof"]}
    # Of the relay session: 0 is its signing key, 1 the first device.

    def voided(*devices: Body, by: str = "grace-1", late: tuple[Body, ...] = ()) -> SyntheticSession:
        return session_of(
            sent, request, decided(request, GRACE, by), devices=list(devices), late_log_events=list(late)
        )

    yield "the decision's device", voided(first, second, voiding((1, first)))
    yield "another device", voided(first, second, voiding((2, second)))
    yield "both", voided(first, second, voiding((1, first), (2, second)))
    yield "one that breaks a rule", voided(first, {**second, "proof": first["proof"]}, voiding((2, second)))
    yield "one that breaks a rule, and signs", voided(spoilt, voiding((1, first)))
    yield "the first of two with one key", voided(first, first, voiding((1, first)))
    yield "the second of two with one key", voided(first, first, voiding((2, first)))
    yield (
        "one that vouches",
        voided(first, enrolment(GRACE, "grace-2", vouching="grace-1"), voiding((1, first)), by="grace-2"),
    )
    yield "with another key", voided(first, second, voiding((1, second)))
    yield "with another number", voided(first, second, voiding((2, first)))
    yield "of which one is not there", voided(first, voiding((1, first), (9, second)))
    yield "what is no enrolment", voided(first, revocation(GRACE, "grace-1"), voiding((2, first)))
    yield "before it", voided(voiding((2, first)), first)
    yield "twice", voided(first, voiding((1, first)), voiding((1, first)))
    yield "after the session", voided(first, late=(voiding((3 + 0, first)),))
    yield "after the session, rightly", voided(first, late=(voiding((1, first)),))
    yield "in the session", session_of(sent, request, decided(request, GRACE, "grace-1"), voiding((1, first)))
    yield "none", voided(first, {**voiding((1, first)), "enrolments": []})


def voiding(*enrolments: tuple[int, Body]) -> Body:
    return {
        "type": "enrolments_voided",
        "enrolments": [{"seq": seq, "key": body["key"]} for seq, body in enrolments],
        "by": ALAN,
        "reason": "enrolled at once",
    }
