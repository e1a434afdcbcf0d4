#!/usr/bin/env python3
"""Writes the example of docs/recording-format-example.md, and prints its test vectors.

example.py FOLDER
"""

import sys
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from record.canonical import canonical
from record.hashes import body_digest, fingerprint, purposed
from record.merkle import leaf_hash, root_of
from record.signatures import raw_of, spki_of
from tampering.seal import Line, written
from tampering.synthetic import (
    GRACE,
    KEYS,
    SyntheticSession,
    asked,
    decided,
    ended,
    enrolment,
    lines_of,
    redaction,
    result,
    signing_key,
    statement,
    uuid_of,
)
from tampering.valid import UPDATE, opened


def example() -> SyntheticSession:
    made = SyntheticSession(
        log_events=[signing_key(KEYS.older), enrolment(GRACE, "grace-1"), signing_key(KEYS.newest)]
    )
    request = asked("s1", UPDATE)
    made.events = [
        opened(),
        {"type": "prompt", "text": "what retention has removed", "source": "chat"},
        statement("s1", UPDATE, made.payload(b'{"1":"3"}')),
        request,
        decided(request, GRACE, "grace-1"),
        ended(request, "approved"),
        {"type": "executed", "statement": uuid_of("s1")},
        result("s1", [], encoding="json"),
        redaction([1]),
        {"type": "closed", "how": "client"},
    ]
    made.redacted = {1}
    return made


def vectors(lines: list[Line]) -> dict[str, str]:
    """Values on the way, by the terms of the document."""
    events = [line for line in lines if line["kind"] == "event"]
    placed = sorted((line for line in lines if "event" in line), key=lambda line: line["position"])
    leaves = [bytes.fromhex(line["event"]["hash"]) for line in placed]
    closed, vote = events[9]["event"], events[4]["event"]["body"]
    signed = (
        "binding",
        "approval",
        "verdict",
        "comment",
        "proposal",
        "mostRows",
        "grantSeconds",
        "grantRows",
    )
    decision = {**{name: vote[name] for name in signed}, "decidedAt": vote["signature"]["decidedAt"]}
    return {
        "body of event 9": canonical(closed["body"]).decode(),
        "salt of event 9": closed["salt"],
        "bodyDigest of event 9": body_digest(closed["body"], closed["salt"]),
        "hash of event 9": closed["hash"],
        "leaf of event 9": leaf_hash(bytes.fromhex(closed["hash"])).hex(),
        f"root of all {len(leaves)} events": root_of(leaves).hex(),
        "signed text of the checkpoint": lines[2]["note"].split("\n\n")[0].replace("\n", "\\n") + "\\n",
        "binding of event 3": events[3]["event"]["body"]["binding"],
        "bytes of the decision of event 4": purposed("sluice approval decision v2", decision)
        .decode()
        .replace("\n", "\\n"),
        "fingerprint of the newest key": fingerprint(spki_of(KEYS.newest.public_key())),
        "newest private key (its 32 bytes)": KEYS.newest.private_bytes_raw().hex(),
        "newest public key (its 32 bytes)": raw_of(KEYS.newest.public_key()).hex(),
    }


def main() -> None:
    folder, lines = Path(sys.argv[1]), lines_of(example())
    (folder / "recording-format-example.sluice").write_bytes(written(lines))
    for name, key in (("example", KEYS.newest), ("example-old", KEYS.older)):
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (folder / f"recording-format-{name}.pub").write_bytes(pem)
    for name, value in vectors(lines).items():
        print(f"| {name} | `{value.replace('|', chr(92) + '|')}` |")


if __name__ == "__main__":
    main()
