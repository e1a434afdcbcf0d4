"""Times, as `2026-03-01T09:00:00.000Z`."""

from .shapes import time


def milliseconds(at: str) -> int:
    """Since the beginning of year 0, of the proleptic Gregorian calendar. `at` is a time, as `shapes.time` has it."""
    assert time(at)
    year, month, day = int(at[0:4]), int(at[5:7]), int(at[8:10])
    # Years that begin in March have their leap day at the end.
    shifted, months = (year, month - 3) if month > 2 else (year - 1, month + 9)
    days = 365 * shifted + shifted // 4 - shifted // 100 + shifted // 400 + (153 * months + 2) // 5 + day - 1
    seconds = int(at[11:13]) * 3600 + int(at[14:16]) * 60 + int(at[17:19])
    return (days * 86_400 + seconds) * 1000 + int(at[20:23])


def seconds_between(earlier: str, later: str) -> float:
    return (milliseconds(later) - milliseconds(earlier)) / 1000
