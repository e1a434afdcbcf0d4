#!/usr/bin/env python3
"""Verifies exports and stores of Sluice's record, with nothing but public keys.

Written from docs/recording-format.md alone, to show that the document is enough; `sluice verify` is the other verifier.
Needs Python 3.11 and `cryptography`; for stores in PostgreSQL `pg8000`.

    verify.py EXPORT --key PUB.pem [--key ...] [--checkpoint KEPT ...] [--witness NAME+ID+BASE64 ... [--witnesses N]] [--json]
    verify.py STORE --key PUB.pem [--key ...] [--checkpoint KEPT ...] [--most-unsigned N] [--like STORE] [--json]
                       STORE: a database file, or postgres://USER:PASSWORD@HOST:PORT/DATABASE
    verify.py --batch      each line of standard input: a JSON array of the arguments above; prints a report a line
"""

import argparse
import json
import sys
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from record.export import verify_export
from record.notes import read_checkpoint, read_witness
from record.report import Report
from record.signatures import key_from_pem
from record.sqlite_tables import open_sqlite
from record.store import MOST_UNSIGNED, verify_store
from record.tables import Tables
from record.witnesses import Demand


def main() -> int:
    if sys.argv[1:] == ["--batch"]:
        for line in sys.stdin:
            print(json.dumps(verify(json.loads(line))[0].as_json()))
        return 0
    report, options = verify(sys.argv[1:])
    print(json.dumps(report.as_json()) if options.json else in_words(report))
    return 0 if report.intact else 1


def verify(arguments: Sequence[str]) -> tuple[Report, argparse.Namespace]:
    parser = argparse.ArgumentParser(description="Verify an export of Sluice's record offline.")
    parser.add_argument("record", help="an export, a database file or the URL of a database")
    parser.add_argument("--key", type=Path, action="append", required=True, help="a public key (PEM)")
    parser.add_argument("--checkpoint", type=Path, action="append", default=[], help="one that was kept")
    parser.add_argument("--witness", type=read_witness, action="append", default=[], help="its verifier key")
    parser.add_argument("--witnesses", type=int, help="how many of them must have cosigned; otherwise all")
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    parser.add_argument("--most-unsigned", type=int, default=MOST_UNSIGNED, help="of a store")
    parser.add_argument("--like", type=Path, help="a store that a relay has made, whose schema this one has to have")
    options = parser.parse_args(arguments)
    kept = [read_checkpoint(path.read_text("utf-8")) for path in options.checkpoint]
    checkpoints = [one for one in kept if one is not None]
    if len(checkpoints) != len(kept):
        parser.error("a kept checkpoint cannot be read")
    least = len(options.witness) if options.witnesses is None else options.witnesses
    demand = Demand(options.witness, least) if options.witness else None
    keys = [key_in(path) for path in options.key]
    if is_store(options.record):
        most = options.most_unsigned
        store = partial(open_store, options.record, options.like)
        return verify_store(store, keys, checkpoints, most_unsigned=most), options
    return verify_export(Path(options.record).read_bytes(), keys, checkpoints, demand), options


POSTGRES = "postgres://"


def is_store(record: str) -> bool:
    if record.startswith(POSTGRES):
        return True
    with Path(record).open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def open_store(record: str, like: Path | None) -> Tables:
    if not record.startswith(POSTGRES):
        return open_sqlite(Path(record), like)
    # Only here: whoever has database files alone does without it.
    from record.postgres_tables import open_postgres

    return open_postgres(record)


@cache
def key_in(path: Path) -> Ed25519PublicKey:
    return key_from_pem(path.read_bytes())


def in_words(report: Report) -> str:
    if report.intact:
        attested = "" if report.attested else "; that these are all of its events is not attested"
        if report.signed_unless_revoked:
            count = report.signed_unless_revoked
            attested += f", nor that no device behind {count} signed decisions was revoked, or its enrolment voided"
        return f"intact: {report.events} events, {report.payloads} payloads{attested}"
    first = report.problems[0]
    which = "" if first.seq is None else f", event {first.seq} of session {first.session}"
    return f"not intact: {first.what}{which}: {first.why}"


if __name__ == "__main__":
    sys.exit(main())
