"""What the families of cases share."""

from typing import Any

from ..synthetic import ALAN, GRACE, KEYS, Body, SyntheticSession, enrolment, signing_key
from ..valid import opened

Case = tuple[str, SyntheticSession]

NOTHING: Body = {"type": "prompt", "text": "nothing of note", "source": "chat"}


def session_of(*events: Body, devices: list[Body] | None = None, **more: Any) -> SyntheticSession:
    """A session of these events, in a log in which Grace and Alan have a device each, unless `devices` are given."""
    enrolled = [enrolment(GRACE, "grace-1"), enrolment(ALAN, "alan-1")] if devices is None else devices
    return SyntheticSession(
        log_events=[signing_key(KEYS.older), *enrolled, signing_key(KEYS.newest)],
        events=[opened(), *events],
        **more,
    )
