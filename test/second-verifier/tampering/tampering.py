"""A tampered export."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tampering:
    what: str
    """What was done, for people."""
    data: bytes
