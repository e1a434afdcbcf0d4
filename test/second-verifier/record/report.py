"""What a verifier reports: docs/recording-format.md, "Findings"."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Literal

What = Literal["unreadable", "altered", "reordered", "removed", "forged", "unsigned"]

PRECEDENCE: tuple[What, ...] = ("unreadable", "altered", "reordered", "removed", "forged", "unsigned")
"""Of several kinds at one event, which comes first."""

MOST_FINDINGS = 100


@dataclass(frozen=True)
class Finding:
    what: What
    session: str | None
    seq: int | None
    """None: about no event."""
    why: str
    position: int | None = None
    """In a store."""


@dataclass(frozen=True)
class Voided:
    """An `enrolments_voided` event that counts: the `seq`s that it voids, and who says so."""

    enrolments: list[int]
    by: str
    reason: str


@dataclass(frozen=True)
class Removal:
    """What valid redactions by one rule, which the same person had applied, list."""

    rule: str
    by: str | None
    after_days: int | None
    bodies: int
    payloads: int

    def as_json(self) -> dict[str, object]:
        return {
            "rule": self.rule,
            "by": self.by,
            "afterDays": self.after_days,
            "bodies": self.bodies,
            "payloads": self.payloads,
        }


@dataclass
class Report:
    """One export or store, verified."""

    by_position: bool = False
    """Of a store."""

    log: str | None = None
    sessions: int = 0
    events: int = 0
    redacted: int = 0
    signed_decisions: int = 0
    signed_unless_revoked: int = 0
    payloads: int = 0
    unsigned: int = 0
    attested: bool = False
    uncompared: int = 0
    voided: list[Voided] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    _findings: list[Finding] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        return not self._findings

    @property
    def problems(self) -> list[Finding]:
        return _in_order(self._findings, by_position=self.by_position)

    def add(
        self, what: What, session: str | None, seq: int | None, why: str, position: int | None = None
    ) -> None:
        self._findings.append(Finding(what, session, seq, why, position))

    def positions(self) -> set[int]:
        """Of the events that findings are about."""
        return {one.position for one in self._findings if one.position is not None}

    def as_json(self) -> dict[str, object]:
        """The shape in which `sluice verify --json` prints it."""
        return {
            "intact": self.intact,
            "log": self.log,
            "sessions": self.sessions,
            "events": self.events,
            "redacted": self.redacted,
            "signedDecisions": self.signed_decisions,
            "signedUnlessRevoked": self.signed_unless_revoked,
            "payloads": self.payloads,
            "unsigned": self.unsigned,
            "attested": self.attested,
            "uncompared": self.uncompared,
            "voided": [asdict(voided) for voided in self.voided],
            "removals": [removal.as_json() for removal in self.removals],
            "problems": [asdict(finding) for finding in self.problems],
        }


def added_up(removals: Iterable[Removal]) -> list[Removal]:
    """Of several sessions, by rule and by who had it applied."""
    counts: dict[tuple[str, str | None, int | None], tuple[int, int]] = {}
    for one in removals:
        of = (one.rule, one.by, one.after_days)
        bodies, payloads = counts.get(of, (0, 0))
        counts[of] = (bodies + one.bodies, payloads + one.payloads)
    return [Removal(*of, *count) for of, count in counts.items()]


def _in_order(findings: Iterable[Finding], *, by_position: bool) -> list[Finding]:
    """By event, those without one last; at one event by kind, and only the first."""

    def event(finding: Finding) -> int | None:
        return finding.position if by_position else finding.seq

    def place(finding: Finding) -> tuple[bool, int, int]:
        return (event(finding) is None, event(finding) or 0, PRECEDENCE.index(finding.what))

    told: set[tuple[int | None, str | None, int | None]] = set()
    ordered: list[Finding] = []
    for finding in sorted(findings, key=place):
        about = (event(finding), finding.session, finding.seq)
        if event(finding) is None or about not in told:
            ordered.append(finding)
        told.add(about)
    return ordered[:MOST_FINDINGS]
