"""Changes of the signing key."""

from collections.abc import Iterator

from ..seal import key_of, public_base64
from ..synthetic import (
    KEYS,
    signing_key,
)
from .common import NOTHING, Case, session_of


def handovers() -> Iterator[Case]:
    made = session_of(NOTHING)
    made.log_events = [signing_key(KEYS.newest)]
    yield "none", made
    made = session_of(NOTHING)
    made.log_events = [signing_key(KEYS.older), signing_key(KEYS.newest), signing_key(key_of("third"))]
    yield "to a third key", made
    made = session_of(NOTHING)
    made.log_events = [signing_key(KEYS.older), signing_key(KEYS.newest), signing_key(KEYS.newest)]
    yield "twice to the same key", made
    made = session_of(NOTHING)
    made.log_events = [signing_key(KEYS.older), {**signing_key(KEYS.newest), "key": "aa" * 32}]
    yield "to a key of another fingerprint", made
    made = session_of(NOTHING)
    made.log_events = [
        signing_key(KEYS.older),
        {**signing_key(KEYS.newest), "publicKey": public_base64(key_of("third"))},
    ]
    yield "to another key of the fingerprint", made
    made = session_of(NOTHING)
    made.log_events = [signing_key(KEYS.older), {**signing_key(KEYS.newest), "publicKey": "AAAA"}]
    yield "to no key", made
    made = session_of(NOTHING)
    made.log_events = [signing_key(KEYS.older)]
    made.late_log_events = [signing_key(KEYS.newest)]
    yield "after the session", made
    yield "in the session", session_of(signing_key(KEYS.newest))
