"""Verification of a whole store: docs/recording-format.md, "A store".

What needs a relay's own schema (the texts of its tables) is compared with a store that a relay has just made, where one is given.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .approvals import Approvals
from .devices import Devices
from .eras import Eras
from .notes import Checkpoint
from .report import Report, added_up
from .retention import Retention
from .rows import Column, Row
from .session_places import SessionPlaces
from .tables import Tables, Unreadable
from .tree import Tree

MOST_UNSIGNED = 20_000

OF_REMOVALS = ("redacted", "hold")
OF_LOG = (*OF_REMOVALS, "signing_key", "device_enrolled", "device_revoked", "enrolments_voided")


def verify_store(
    open_tables: Callable[[], Tables],
    keys: Iterable[Ed25519PublicKey],
    kept: Sequence[Checkpoint] = (),
    *,
    most_unsigned: int = MOST_UNSIGNED,
) -> Report:
    """Verifies a store with these public keys, against checkpoints that were kept."""
    # Nobody has to attest that a store is whole: all of it is read.
    report = Report(by_position=True, attested=True)
    try:
        _Verifier(report, open_tables(), keys, kept, most_unsigned).run()
    except Unreadable as unreadable:
        report.add("unreadable", None, None, str(unreadable))
    return report


@dataclass
class _Session:
    places: SessionPlaces
    retention: Retention
    approvals: Approvals


class _Verifier:
    def __init__(
        self,
        report: Report,
        tables: Tables,
        keys: Iterable[Ed25519PublicKey],
        kept: Sequence[Checkpoint],
        most_unsigned: int,
    ) -> None:
        self._report = report
        self._tables = tables
        self._keys = list(keys)
        self._kept = kept
        self._most_unsigned = most_unsigned
        self._rows: list[Row] = []
        """Those that take part, by position."""
        self._stopped: int | None = None
        """The first position that cannot be read."""
        self._behind: list[Row] = []
        """What a look-up by session leads to behind it."""
        self._missing: list[range] = []
        self._tree = Tree()

    def run(self) -> None:
        try:
            log = self._tables.log()
        except Unreadable as unreadable:
            log = None
            self._about_none("unreadable", str(unreadable))
        if log is None:
            self._about_none("removed", "the log has no row")
        name = None if log is None else log[0]
        self._report.log = name
        try:
            self._read_rows()
        except Unreadable as unreadable:
            self._stopped = self._rows[-1].position + 1 if self._rows else 0
            self._report.add("unreadable", None, None, str(unreadable), self._stopped)
            self._look_behind(self._stopped, name)
        self._report.events = len(self._rows)
        checkpoints = self._checkpoints(name)
        eras = Eras((row.position, row.event) for row in self._believed(name))
        trusted = eras.trusted(checkpoints, self._keys)
        for checkpoint in checkpoints:
            if checkpoint not in trusted:
                self._about_none("forged", "no trusted key may have signed a checkpoint")
        signed = max((one.size for one in trusted), default=0)
        self._judge(name, trusted, signed)
        size = self._rows[-1].position + 1 if self._rows else 0
        if self._stopped is None:
            self._compare_sizes(None if log is None else log[1], checkpoints, size)
        matched = self._compare_roots(trusted)
        if not trusted:
            self._about_none("unsigned", "no trusted key has signed anything")
        elif size - signed > self._most_unsigned:
            self._about_none("unsigned", "too many events are not signed")
        self._report.unsigned = size - matched
        self._compare_subtrees(min(signed, size))

    def _read_rows(self) -> None:
        expected = 0
        for row in self._tables.events():
            if row.position < 0:
                self._report.add("forged", row.session, row.seq, "no event has this position", row.position)
                continue
            if row.position > expected:
                self._missing.append(range(expected, row.position))
            expected = row.position + 1
            self._rows.append(row)
            for what, why in row.flaws:
                self._report.add(what, row.session, row.seq, why, row.position)

    def _look_behind(self, position: int, log: str | None) -> None:
        """What may be gone of the events before, and whose keys sign, is said behind them too."""
        for session in {row.session for row in self._rows if row.session is not None} | {log} - {None}:
            types = OF_LOG if session == log else OF_REMOVALS
            try:
                found = [row for row in self._tables.of_types(session, types) if row.position >= position]
            except Unreadable:
                continue
            self._behind += [row for row in found if row.is_right and row.event.body is not None]
        self._behind.sort(key=lambda row: row.position)

    def _believed(self, session: str | None) -> Iterable[Row]:
        rows = chain(self._rows, self._behind)
        return (row for row in rows if row.is_right and row.session == session)

    def _checkpoints(self, log: str | None) -> list[Checkpoint]:
        read: list[Checkpoint] = list(self._kept)
        try:
            stored = list(self._tables.checkpoints())
        except Unreadable as unreadable:
            self._about_none("unreadable", str(unreadable))
            return []
        for size, checkpoint in stored:
            if checkpoint is None or checkpoint.size != size:
                self._about_none("forged", "a checkpoint is not of its format")
            else:
                read.append(checkpoint)
        for checkpoint in read:
            if checkpoint.log != log:
                self._about_none("forged", "a checkpoint is of another log")
        return [one for one in read if one.log == log]

    def _judge(self, log: str | None, trusted: Sequence[Checkpoint], signed: int) -> None:
        """What a session's rules say of each event, in the order of the log."""
        devices = Devices(is_whole=True)
        for checkpoint in trusted:
            devices.read_checkpoint(checkpoint.size, checkpoint.at)
        for row in self._believed(log):
            # Nothing is voided by what nobody has signed.
            if row.event.type != "enrolments_voided" or row.position < signed:
                devices.read(row.event, row.position)
        sessions: dict[str, _Session] = {}
        for row in self._rows:
            if row.session is None or row.seq is None:
                continue
            if row.session not in sessions:
                approvals = Approvals(row.session, devices)
                sessions[row.session] = _Session(SessionPlaces(), Retention(), approvals)
            self._judge_row(sessions[row.session], row, signed)
        for row in self._behind:
            if row.session in sessions and row.event.type in OF_REMOVALS:
                sessions[row.session].retention.read(row.event, is_signed=row.position < signed)
        self._report.sessions = len(sessions)
        self._tell_missing(sessions)
        addresses = self._payloads()
        present: set[str] = set()
        for name, session in sessions.items():
            self._tell_removed(name, session, addresses)
            present |= session.retention.present
            self._report.signed_decisions += session.approvals.signed_decisions
        self._report.payloads = len(present)
        removals = [removal for session in sessions.values() for removal in session.retention.removals()]
        self._report.removals = added_up(removals)
        positions = {row.seq: row.position for row in self._believed(log)}
        for broken in devices.broken:
            self._report.add("forged", log, broken.seq, broken.why, positions[broken.seq])
        self._report.voided = devices.voided

    def _judge_row(self, session: _Session, row: Row, signed: int) -> None:
        for what, about, why in session.places.read(row):
            self._report.add(what, about.session, about.seq, why, about.position)
        if not row.is_right:
            return
        session.retention.read(row.event, is_signed=row.position < signed)
        for broken in session.approvals.read(row.event, row.position):
            self._report.add("forged", row.session, row.seq, broken, row.position)

    def _payloads(self) -> set[str] | None:
        """None where nobody can tell which are missing."""
        try:
            return self._tables.payloads()
        except Unreadable as unreadable:
            self._about_none("unreadable", str(unreadable))
            return None

    def _tell_missing(self, sessions: dict[str, _Session]) -> None:
        gaps = [
            (name, gap) for name, session in sessions.items() for gap in session.places.gaps()
        ]
        for run in self._missing:
            around = [
                (name, gap) for name, gap in gaps if gap.before < run.start and gap.behind >= run.stop
            ]
            found = min(around, key=lambda each: each[1].behind, default=None)
            session, seq = (None, None) if found is None else (found[0], found[1].seq)
            self._report.add("removed", session, seq, "it is missing", run.start)
        for name, gap in gaps:
            if not any(gap.before < run.start and gap.behind >= run.stop for run in self._missing):
                self._report.add("removed", name, gap.seq, "it is missing", gap.behind)

    def _tell_removed(self, name: str, session: _Session, addresses: set[str] | None) -> None:
        retention = session.retention
        named = {address for _, address in retention.named}
        retention.present |= named if addresses is None else named & addresses
        for missing in retention.missing():
            what = "body" if missing.payload is None else "payload"
            position = session.places.position_of(missing.seq)
            self._report.add("removed", name, missing.seq, f"its {what} is missing", position)
        self._report.redacted += retention.redacted

    def _compare_sizes(self, told: Column, checkpoints: Sequence[Checkpoint], size: int) -> None:
        if any(one.size > size for one in checkpoints):
            self._about_none("removed", "a checkpoint signs more events than there are")
        if isinstance(told, int) and told > size:
            self._about_none("removed", "the log had more events")
        elif told is not None and told != size:
            self._about_none("altered", "the log had fewer events")

    def _compare_roots(self, trusted: Sequence[Checkpoint]) -> int:
        """Up to where the events are those that were signed."""
        by_size: dict[int, set[bytes]] = defaultdict(set)
        for checkpoint in trusted:
            by_size[checkpoint.size].add(checkpoint.root)
        matched = 0
        for row in self._rows:
            if row.position != self._tree.size or row.leaf is None:
                break
            self._tree.add(row.leaf)
            roots = by_size.get(self._tree.size)
            if roots is None:
                continue
            if roots != {self._tree.root()}:
                self._tell_rewritten(matched, self._tree.size)
                break
            matched = self._tree.size
        return matched

    def _tell_rewritten(self, matched: int, size: int) -> None:
        if any(matched <= position < size for position in self._report.positions()):
            return
        first = self._rows[matched]
        self._report.add("forged", first.session, first.seq, "it is not what was signed", matched)

    def _compare_subtrees(self, size: int) -> None:
        leaves = [row.leaf for row in self._rows[:size]]
        if self._missing and self._missing[0].start < size:
            leaves = leaves[: self._missing[0].start]
        for level, roots in Tree.full_subtrees(leaves):
            try:
                stored = self._tables.subtrees(level)
            except Unreadable as unreadable:
                self._about_none("unreadable", str(unreadable))
                return
            if any(stored.get(place) != root for place, root in enumerate(roots)):
                self._about_none("altered", f"a subtree of level {level} is not that of its events")

    def _about_none(self, what: str, why: str) -> None:
        self._report.add(what, None, None, why)  # type: ignore[arg-type]
