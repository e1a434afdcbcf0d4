"""Synthetic sessions with one thing wrong, or unusual, in each.

The relay's own keys sign them, so only the rule that they break can give them away.
"""

from collections.abc import Iterator

from .access import accesses, grants
from .approvals import approvals
from .common import Case
from .devices import devices, voids
from .earlier import earlier as earlier
from .handovers import handovers
from .lines import signed_lines as signed_lines
from .retention import payloads, redactions
from .values import values


def cases() -> Iterator[Case]:
    for family in (approvals, accesses, grants, devices, voids, redactions, payloads, handovers, values):
        for name, session in family():
            yield f"{family.__name__}: {name}", session
