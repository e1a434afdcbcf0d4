"""What approvals have to keep to: docs/recording-format.md, "Approvals"."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import shapes
from .canonical import NotCanonical, canonical, parse_lenient
from .devices import Devices
from .events import Event
from .hashes import purposed, sha256
from .signatures import is_signed_by
from .times import seconds_between

_SIGNED = (
    "binding",
    "approval",
    "verdict",
    "comment",
    "proposal",
    "mostRows",
    "grantSeconds",
    "grantRows",
)


@dataclass
class Asked:
    """An approval that was asked for."""

    body: Mapping[str, Any]

    @property
    def is_access(self) -> bool:
        return bool(self.body["type"] == "access_asked")

    @property
    def bound(self) -> Mapping[str, Any]:
        bound: Mapping[str, Any] = self.body["bound"]
        return bound


class Approvals:
    """The approvals of one session, as its events are read in their order."""

    def __init__(self, session: str, devices: Devices) -> None:
        self._session = session
        self._devices = devices
        self._asked: dict[str, Asked] = {}
        self._votes: dict[str, set[str]] = {}
        """By approval, the identities that agree."""
        self._sql: dict[str, str] = {}
        self._ran: set[str] = set()
        self._examples: set[str] = set()
        self._lost_requests = False
        """Whether retention has taken the body of a request: then a decision may be on it."""
        self._lost_votes = False
        self.signed_decisions = 0

    def read(self, event: Event, position: int) -> list[str]:
        """Takes in the next event, and says which rules it breaks."""
        body = event.body
        if body is None:
            self._lost_requests |= event.type in ("approval_asked", "access_asked")
            self._lost_votes |= event.type == "approval_decided"
            return []
        match body["type"]:
            case "statement":
                self._sql[body["statement"]] = body["sql"]
                return self._run(body)
            case "executed" | "result":
                return self._run(body)
            case "approval_asked" | "access_asked":
                return self._ask(body)
            case "approval_decided":
                return [*self._decide(body), *self._check_signature(body, event, position)]
            case "approval_ended":
                return self._end(body)
            case "notice" if body["what"] == "grant_given":
                return self._give(body["detail"])
        return []

    def _run(self, body: Mapping[str, Any]) -> list[str]:
        self._ran.add(body["statement"])
        is_example = body["statement"] in self._examples
        return ["it is of a statement that access was asked by, which never runs"] if is_example else []

    def _ask(self, body: Mapping[str, Any]) -> list[str]:
        asked = Asked(body)
        self._asked[body["approval"]] = asked
        bound, broken = body["bound"], []
        purpose = "sluice access binding v1" if asked.is_access else "sluice approval binding v1"
        if sha256(purposed(purpose, bound)).hex() != body["binding"]:
            broken.append("its binding is not of what it is bound to")
        if bound["session"] != self._session or any(
            bound[name] != body[name] for name in ("approval", "statement", "needed")
        ):
            broken.append("it is bound to another approval")
        if asked.is_access:
            self._examples.add(body["statement"])
            if body["statement"] in self._ran:
                broken.append("the statement that access is asked by has run")
        elif self._sql.get(body["statement"], bound["sql"]) != bound["sql"]:
            broken.append("it is bound to another text than the statement's")
        return broken

    def _decide(self, body: Mapping[str, Any]) -> list[str]:
        asked = self._asked.get(body["approval"])
        if asked is None:
            return [] if self._lost_requests else ["it decides what nobody asked for"]
        broken = []
        if body["binding"] != asked.body["binding"] or body["statement"] != asked.body["statement"]:
            broken.append("it is on another binding than was asked about")
        if body["verdict"] == "approve":
            if body["by"]["id"] == asked.bound["requester"]:
                broken.append("whoever asked approves it")
            else:
                self._votes.setdefault(body["approval"], set()).add(body["by"]["id"])
        return broken

    def _check_signature(self, body: Mapping[str, Any], event: Event, position: int) -> list[str]:
        signature = body["signature"]
        if signature is None:
            return []
        message = purposed(
            "sluice approval decision v2",
            {**{name: body[name] for name in _SIGNED}, "decidedAt": signature["decidedAt"]},
        )
        if not is_signed_by(signature["key"], signature["value"], message):
            return ["its signature is not of this decision"]
        if self._devices.is_voided(signature["key"]):
            return []
        if not self._devices.may_sign(signature["key"], body["by"]["id"], event.at, position):
            return ["its key was no device of whoever decided"]
        self.signed_decisions += 1
        return []

    def _end(self, body: Mapping[str, Any]) -> list[str]:
        asked = self._asked.get(body["approval"])
        if asked is None or body["how"] not in ("approved", "granted"):
            return []
        broken = []
        if (body["how"] == "granted") != asked.is_access:
            broken.append("it ends as another kind of approval would")
        if not self._has_votes_enough(asked):
            broken.append("fewer people agreed than were needed")
        return broken

    def _has_votes_enough(self, asked: Asked) -> bool:
        return self._lost_votes or len(self._votes.get(asked.body["approval"], ())) >= asked.bound["needed"]

    def _give(self, detail: Mapping[str, str]) -> list[str]:
        asked = self._asked.get(detail.get("approval", ""))
        if asked is None or not asked.is_access:
            return []
        bound, broken = asked.bound, []
        if not self._has_votes_enough(asked):
            broken.append("fewer people agreed to it than were needed")
        if _covers(detail.get("bounds", "")) != bound["covers"]:
            broken.append("it covers something else than was asked for")
        if not all(_is_at_most(detail.get(name, ""), bound[name]) for name in ("rows", "rowsInAll")):
            broken.append("it is for more rows than were asked for")
        if not _lasts_at_most(detail, bound["seconds"]):
            broken.append("it lasts longer than was asked for")
        return broken


def _covers(bounds: str) -> str | None:
    try:
        return sha256(canonical(parse_lenient(bounds))).hex()
    except NotCanonical:
        return None


def _is_at_most(number: str, most: int) -> bool:
    return number.isascii() and number.isdigit() and int(number[:17]) <= most


def _lasts_at_most(detail: Mapping[str, str], seconds: int) -> bool:
    starts, expires = detail.get("startsAt", ""), detail.get("expiresAt", "")
    return shapes.time(starts) and shapes.time(expires) and seconds_between(starts, expires) <= seconds
