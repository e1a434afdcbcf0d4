"""Verification of an export, line by line: docs/recording-format.md, "An export"."""

import hashlib
from collections.abc import Iterable, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .approvals import Approvals
from .chain import Chain
from .devices import Devices
from .events import Event
from .hashes import payload_address, purposed
from .lines import FOLLOWS, Kind, Line, guess_seq, read_line
from .merkle import is_consistent, leaf_hash, root_from_proof
from .notes import Checkpoint
from .report import Report, What
from .retention import Retention
from .signatures import is_signed
from .trust import Trust
from .witnesses import Demand, Witnesses

MOST_EARLIER = 100


def verify_export(
    data: bytes,
    keys: Iterable[Ed25519PublicKey],
    kept: Sequence[Checkpoint] = (),
    demand: Demand | None = None,
) -> Report:
    """Verifies an export with these public keys, against checkpoints that were kept, and demanding witnesses."""
    verifier = _Verifier(Trust(keys), demand)
    *lines, rest = data.split(b"\n")
    for number, line in enumerate(lines, start=1):
        verifier.read(line, number)
    if rest:
        verifier.read_unended(len(lines) + 1)
    return verifier.finish(kept)


class _Verifier:
    def __init__(self, trust: Trust, demand: Demand | None) -> None:
        self.report = Report()
        self._trust = trust
        self._digest = hashlib.sha256()
        self._before: Kind | None = None
        """The line before that was not skipped."""
        self._log = self._session = ""
        self._without_payloads = False
        self._checkpoint: Checkpoint | None = None
        self._earlier: list[Checkpoint] = []
        """Those that stand."""
        self._witnesses = None if demand is None else Witnesses(demand)
        self._unwitnessed: list[int] = []
        self._devices = Devices()
        self._approvals = Approvals("", self._devices)
        self._retention = Retention()
        self._chain = Chain()
        self._position = -1
        self._has_ended = False

    def read(self, data: bytes, number: int) -> None:
        line = read_line(data)
        if line is None:
            self._unreadable(number, guess_seq(data))
        elif self._has_ended:
            self._about_none("forged", f"line {number} stands after the end")
        else:
            self._take(line)
            if line.kind != "end":
                self._digest.update(data + b"\n")

    def read_unended(self, number: int) -> None:
        """What is left after the last line feed."""
        self._unreadable(number, None)

    def finish(self, kept: Sequence[Checkpoint]) -> Report:
        if not self._has_ended:
            self._about_none("removed", "the end of the file is missing")
        for checkpoint in kept:
            self._compare(checkpoint)
        if self._unwitnessed:
            why = "too few witnesses stand for it"
            self.report.add("unsigned", self._session or None, min(self._unwitnessed), why)
        elif self._witnesses is not None and self.report.events == 0 and self._witnesses.witnessed == 0:
            self._about_none("unsigned", "too few witnesses have cosigned anything")
        for seq in self._chain.missing():
            self.report.add("removed", self._session, seq, "it is missing")
        for missing in self._retention.missing():
            if missing.payload is not None and self._without_payloads:
                continue
            what = "body" if missing.payload is None else f"payload {missing.payload}"
            self.report.add(
                "removed",
                self._session,
                missing.seq,
                f"its {what} is missing, and no redaction accounts for it",
            )
        for broken in self._devices.broken:
            about = broken.seq if self._session == self._log else None
            self.report.add("forged", self._session or None, about, f"a device: {broken.why}")
        self.report.payloads = len(self._retention.present)
        self.report.voided = self._devices.voided
        self.report.removals = self._retention.removals()
        self.report.redacted = self._retention.redacted
        if self.report.attested:
            self.report.signed_decisions = self._approvals.signed_decisions
        else:
            self.report.signed_unless_revoked = self._approvals.signed_decisions
        return self.report

    def _compare(self, kept: Checkpoint) -> None:
        shown = [*self._earlier, *([] if self._checkpoint is None else [self._checkpoint])]
        same_size = [one.root for one in shown if one.size == kept.size]
        if self._trust.signer_of(kept) is None:
            self._about_none("forged", "no trusted key has signed the kept checkpoint")
        elif kept.log != self._log:
            self._about_none("forged", "the kept checkpoint is of another log")
        elif not same_size:
            self.report.uncompared += 1
        elif same_size != [kept.root]:
            self._about_none("forged", "the kept checkpoint signs other events")

    def _unreadable(self, number: int, seq: int | None) -> None:
        self.report.add("unreadable", self._session or None, seq, f"line {number} is not a line of an export")

    def _about_none(self, what: What, why: str) -> None:
        self.report.add(what, self._session or None, None, why)

    def _take(self, line: Line) -> None:
        if self._before not in FOLLOWS[line.kind]:
            seq = line.event.seq if line.event is not None and line.kind == "event" else None
            self.report.add(
                "reordered", self._session or None, seq, f"a line `{line.kind}` may not stand here"
            )
            is_second = line.kind == "export" or (line.kind == "checkpoint" and self._checkpoint is not None)
            if is_second or self._before is None:
                return
        self._before = line.kind
        match line.kind:
            case "export":
                self._export(line)
            case "handover":
                self._handover(line)
            case "checkpoint":
                self._check_checkpoint(line)
            case "earlier":
                self._check_earlier(line)
            case "device":
                self._device(line)
            case "event":
                self._event(line)
            case "payload":
                self._payload(line)
            case "end":
                self._end(line)

    def _export(self, line: Line) -> None:
        self._log, self._session = line.members["log"], line.members["session"]
        self.report.log, self.report.sessions = self._log, 1
        self._without_payloads = line.members.get("withoutPayloads") is True
        self._approvals = Approvals(self._session, self._devices)

    def _handover(self, line: Line) -> None:
        event, checkpoint = line.event, line.checkpoint
        assert event is not None and checkpoint is not None
        if not self._trust.names_signer_of(checkpoint):
            return
        if (
            event.type != "signing_key"
            or event.body is None
            or event.session != self._log
            or not event.has_its_hash()
            or checkpoint.log != self._log
            or self._trust.signer_of(checkpoint) is None
            or checkpoint.size != line.members["position"] + 1
            or not _is_under(checkpoint, event, line)
            or not self._trust.add(event.body)
        ):
            self._about_none("forged", "a hand-over from one key to the next does not check")
            return
        self._devices.read_checkpoint(checkpoint.size, checkpoint.at)

    def _check_checkpoint(self, line: Line) -> None:
        assert line.checkpoint is not None
        self._checkpoint = line.checkpoint
        if line.checkpoint.log != self._log:
            self._about_none("forged", "the checkpoint is of another log")
        if self._trust.signer_of(line.checkpoint) is None:
            self._about_none("forged", "no trusted key has signed the checkpoint")
        if self._witnesses is not None:
            self._witnesses.read(line.checkpoint)

    def _check_earlier(self, line: Line) -> None:
        earlier, resting = line.checkpoint, self._checkpoint
        assert earlier is not None
        if (
            resting is None
            or earlier.log != self._log
            or earlier.log != resting.log
            or len(self._earlier) == MOST_EARLIER
            or any(earlier.size <= one.size for one in self._earlier)
            or not is_consistent(earlier.size, earlier.root, resting.size, resting.root, line.proof)
        ):
            self._about_none("forged", "the log does not go on from an earlier checkpoint")
            return
        self._earlier.append(earlier)
        if self._trust.signer_of(earlier) is not None:
            self._devices.read_checkpoint(earlier.size, earlier.at)
        if self._witnesses is not None:
            self._witnesses.read(earlier)

    def _device(self, line: Line) -> None:
        event = line.event
        assert event is not None
        if event.session != self._log or not event.has_its_hash() or not self._is_in_log(line):
            self._about_none("forged", "a device is not in the log that the checkpoint signs")
            return
        self._devices.read(event, line.members["position"])

    def _event(self, line: Line) -> None:
        event = line.event
        assert event is not None
        self.report.events += 1
        position = line.members["position"]
        findings: list[tuple[What, str]] = []
        if not event.has_its_hash():
            findings.append(("altered", "its hash is not that of its content"))
        if event.session != self._session:
            findings.append(("forged", "it is of another session"))
        match self._chain.read(event):
            case "reordered":
                findings.append(("reordered", "it stands after later ones, or a second time"))
            case "altered":
                findings.append(("altered", "it does not follow the one before it"))
        is_in_log = self._is_in_log(line)
        if not is_in_log:
            findings.append(("forged", "it is not in the log that the checkpoint signs"))
        self._retention.read(event, is_signed=is_in_log)
        if self._session == self._log and is_in_log:
            self._devices.read(event, position)
        findings += [("forged", broken) for broken in self._approvals.read(event, position)]
        if position <= self._position and not findings:
            findings.append(("reordered", "it was recorded before the one that stands before it"))
        self._position = max(self._position, position)
        if self._witnesses is not None and position >= self._witnesses.witnessed:
            self._unwitnessed.append(event.seq)
        for what, why in findings:
            self.report.add(what, self._session or None, event.seq, why)

    def _is_in_log(self, line: Line) -> bool:
        return (
            line.event is not None
            and self._checkpoint is not None
            and _is_under(self._checkpoint, line.event, line)
        )

    def _payload(self, line: Line) -> None:
        address = line.members["address"]
        first = self._retention.first_naming(address)
        salt = bytes.fromhex(line.members["salt"])
        if line.data is None or payload_address(salt, line.data) != address:
            self.report.add(
                "altered", self._session or None, first, f"payload {address} is not what was recorded"
            )
        elif first is None:
            self._about_none("forged", f"payload {address} belongs to no event")
        else:
            self._retention.present.add(address)

    def _end(self, line: Line) -> None:
        self._has_ended = True
        end = line.members
        if end["signature"] is not None:
            self._check_signature(line, end["signature"])
        if end["events"] > self._chain.expected:
            self.report.add(
                "removed", self._session or None, self._chain.expected, "it is missing at the end"
            )
        elif end["events"] < self._chain.expected:
            self._about_none("forged", "there are more events than were exported")
        if end["digest"] != self._digest.hexdigest():
            self._about_none("altered", "the file is not byte for byte what was exported")

    def _check_signature(self, line: Line, signature: str) -> None:
        attested = {
            "log": self._log,
            "session": self._session,
            "events": line.members["events"],
            "digest": line.members["digest"],
        }
        signer = None if self._checkpoint is None else self._trust.signer_of(self._checkpoint)
        message = purposed("sluice/export/v1", attested)
        self.report.attested = signer is not None and is_signed(signer, bytes.fromhex(signature), message)
        if not self.report.attested:
            self._about_none("forged", "the checkpoint's key has not signed the end of the file")


def _is_under(checkpoint: Checkpoint, event: Event, line: Line) -> bool:
    leaf = leaf_hash(bytes.fromhex(event.hash))
    return root_from_proof(leaf, line.members["position"], checkpoint.size, line.proof) == checkpoint.root
