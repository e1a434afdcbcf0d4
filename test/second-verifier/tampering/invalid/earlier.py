"""Earlier checkpoints that the export's own does not go on from, or that stand where none may."""

import copy
from collections.abc import Callable, Iterator

from record.notes import read_checkpoint

from ..seal import Line, WITNESSES, ended_by, note_of
from ..synthetic import KEYS, LOG, lines_of, uuid_of
from ..tamper import STRANGER
from .common import NOTHING, session_of


def earlier() -> Iterator[tuple[str, list[Line]]]:
    w1 = next(iter(WITNESSES))
    session = session_of(NOTHING, NOTHING, NOTHING, NOTHING, earlier={2: [w1], 3: [], 5: [w1]})
    lines = lines_of(session)

    def changed(change: Callable[[list[Line], list[Line]], None]) -> list[Line]:
        """Signed by the relay, after a change to the lines; the second argument are the `earlier` ones."""
        made = copy.deepcopy(lines)
        change(made, [line for line in made if line["kind"] == "earlier"])
        return ended_by(made, KEYS)

    def noted(number: int, **other: object) -> Callable[[list[Line], list[Line]], None]:
        def change(_: list[Line], shown: list[Line]) -> None:
            read = read_checkpoint(shown[number]["note"])
            assert read is not None
            of = {"log": LOG, "size": read.size, "root": read.root, "key": KEYS.newest, **other}
            shown[number]["note"] = note_of(**of)  # type: ignore[arg-type]

        return change

    yield "earlier checkpoints", lines
    yield "one by an older key", changed(noted(1, key=KEYS.older))
    yield "one by a stranger", changed(noted(1, key=STRANGER.newest))
    for number in range(3):
        yield f"earlier {number} of another root", changed(noted(number, root=bytes(32)))
        yield f"earlier {number} of another log", changed(noted(number, log=uuid_of("another log")))
        for size in (1, 2, 4, 5, 9, 10, 2**53 - 1):
            yield f"earlier {number} of size {size}", changed(noted(number, size=size))
        for what, proof in (
            ("no proof", lambda proof: []),
            ("a proof cut short", lambda proof: proof[:-1]),
            ("a proof cut at the front", lambda proof: proof[1:]),
            ("a longer proof", lambda proof: [*proof, "00" * 32]),
            ("a proof turned round", lambda proof: proof[::-1]),
        ):

            def with_proof(_: list[Line], shown: list[Line], number: int = number, of=proof) -> None:  # type: ignore[no-untyped-def]
                shown[number]["proof"] = of(shown[number]["proof"])

            yield f"earlier {number} with {what}", changed(with_proof)
    yield "twice", changed(lambda made, shown: made.insert(made.index(shown[0]), copy.deepcopy(shown[0])))
    yield "in another order", changed(lambda made, shown: made.insert(made.index(shown[0]), made.pop(made.index(shown[2]))))
    yield "before the checkpoint", changed(lambda made, shown: made.insert(1, made.pop(made.index(shown[1]))))
    yield "before the end", changed(lambda made, shown: made.insert(-1, made.pop(made.index(shown[1]))))
    yield "after a device", changed(lambda made, shown: made.insert(made.index(shown[2]) + 1, made.pop(made.index(shown[0]))))
    crowd = session_of(*[NOTHING] * 110, earlier={size: [] for size in range(1, 102)})
    yield "101 of them", lines_of(crowd)
    crowd.earlier.popitem()
    yield "100 of them", lines_of(crowd)
