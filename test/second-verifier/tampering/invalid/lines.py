"""Lines that the relay itself would have had to write wrongly: its keys sign all of them."""

import copy
from collections.abc import Iterator, Sequence

from record.notes import read_checkpoint

from ..seal import Line, ended_by, note_of, resealed
from ..synthetic import KEYS, lines_of, uuid_of
from .common import NOTHING, session_of


def signed_lines() -> Iterator[tuple[str, list[Line]]]:
    lines = lines_of(session_of(NOTHING, NOTHING, NOTHING))

    def changed() -> tuple[list[Line], list[Line]]:
        """A copy, and the events in it."""
        copied = copy.deepcopy(lines)
        return copied, [line for line in copied if line["kind"] == "event"]

    for seq in (0, 2, 3):
        made, events = changed()
        events[seq]["event"]["session"] = uuid_of("another session")
        yield f"event {seq} of another session", resealed(made, KEYS)
        made, events = changed()
        yield f"event {seq} after another than before it", resealed(made, KEYS, previous={seq: "ab" * 32})
    made, events = changed()
    events[1]["position"], events[2]["position"] = events[2]["position"], events[1]["position"]
    yield "two events in the other order in the log", resealed(made, KEYS)
    for kind, member, value in (
        ("device", "name", "another"),
        ("handover", "type", "signing_keys"),
        ("event", "text", "something else"),
    ):
        made, _ = changed()
        last = [line for line in made if line["kind"] == kind][-1]
        last["event"]["body"][member] = value
        yield f"a `{kind}` with another {member} than its hash", ended_by(made, KEYS)
    for kind in ("device", "handover", "event"):
        made, _ = changed()
        last = [line for line in made if line["kind"] == kind][-1]
        last["proof"] = last["proof"][:-1] + ["ef" * 32]
        yield f"a `{kind}` with another proof", ended_by(made, KEYS)
        made, _ = changed()
        last = [line for line in made if line["kind"] == kind][-1]
        last["event"]["session"] = uuid_of("another session")
        yield f"a `{kind}` of another session", resealed(made, KEYS)
    for kind, key in (("checkpoint", KEYS.newest), ("handover", KEYS.older)):
        made, _ = changed()
        noted = next(line for line in made if line["kind"] == kind)
        read = read_checkpoint(noted["note"])
        assert read is not None
        noted["note"] = note_of(uuid_of("another log"), read.size, read.root, key)
        yield f"a `{kind}` of another log", ended_by(made, KEYS)
    for more in (-1, 1):
        yield f"an end with {more:+} events", resealed(_with_count(lines, more), KEYS)
    yield "an end with another digest", resealed(lines, KEYS, digest="cd" * 32)


def _with_count(lines: Sequence[Line], more: int) -> list[Line]:
    counted = copy.deepcopy(list(lines))
    counted[-1]["events"] += more
    return counted
