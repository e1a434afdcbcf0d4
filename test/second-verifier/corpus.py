#!/usr/bin/env python3
"""Writes exports that were tampered with: what two verifiers have to agree about.

    corpus.py FOLDER --seed N --count N [EXPORT ... --private-keys PEM]

Writes to FOLDER: synthetic exports, valid and invalid; `count` tampered copies of two valid ones and of each EXPORT,
whose signing keys are in PEM (the newest first, as in the relay's file); and `list.ndjson` with a line for each file:
`file`, `keys` (to verify it with), `what`. The same seed makes the same of the same exports.
"""

import argparse
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from example import example
from tampering.invalid import cases, signed_lines
from tampering.seal import Keys, written
from tampering.synthetic import KEYS, LOG, lines_of
from tampering.tamper import STRANGER, tamperings
from tampering.valid import whole


@dataclass(frozen=True)
class Base:
    """An export to tamper with, the keys that signed it, and the file of the public one."""

    data: bytes
    keys: Keys
    public: Path


class Corpus:
    """Files in a folder, and the list of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._list: list[str] = []
        folder.mkdir(parents=True, exist_ok=True)

    def key(self, name: str, key: Ed25519PrivateKey) -> Path:
        path = self._folder / f"{name}.pub"
        path.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        return path

    def add(self, what: str, data: bytes, keys: Sequence[Path]) -> None:
        path = self._folder / f"{len(self._list):06}.sluice"
        path.write_bytes(data)
        self._list.append(json.dumps({"file": str(path), "keys": [str(key) for key in keys], "what": what}))

    def finish(self) -> None:
        (self._folder / "list.ndjson").write_text("".join(f"{line}\n" for line in self._list))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("exports", type=Path, nargs="*")
    parser.add_argument("--private-keys", type=Path)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    options = parser.parse_args()
    corpus = Corpus(options.folder)
    add_synthetic(corpus)
    newest = corpus.key("newest", KEYS.newest)
    bases = [Base(written(lines_of(synthetic)), KEYS, newest) for synthetic in (whole(), example())]
    if options.private_keys is not None:
        real = keys_in(options.private_keys)
        bases += [Base(path.read_bytes(), real, corpus.key("relay", real.newest)) for path in options.exports]
    for number, base in enumerate(bases):
        chance = random.Random(f"{options.seed}/{number}")
        others = [other.data for other in bases if other is not base]
        for tampering in tamperings(base.data, base.keys, others, chance, options.count):
            corpus.add(f"export {number}: {tampering.what}", tampering.data, [base.public])
    corpus.finish()


def add_synthetic(corpus: Corpus) -> None:
    newest, older = corpus.key("newest", KEYS.newest), corpus.key("older", KEYS.older)
    stranger = corpus.key("stranger", STRANGER.newest)
    valid = written(lines_of(whole()))
    for public in ([newest], [older], [stranger], [stranger, older], [newest, older]):
        corpus.add(f"the valid session, with {[key.stem for key in public]}", valid, public)
    corpus.add("the relay session of the valid session", written(lines_of(whole(), session=LOG)), [newest])
    for what, lines in signed_lines():
        corpus.add(what, written(lines), [newest])
    unsigned = [*lines_of(whole())[:-1], {**lines_of(whole())[-1], "signature": None}]
    corpus.add("an end that nobody signed", written(unsigned), [newest])
    corpus.add("an end that nobody signed, with a stranger's key", written(unsigned), [stranger])
    for what, session in cases():
        data = written(lines_of(session))
        corpus.add(what, data, [newest])
        corpus.add(f"{what}, with the older key", data, [older])


def keys_in(path: Path) -> Keys:
    newest, older = _private_keys(path.read_bytes())
    return Keys(newest, older)


def _private_keys(pem: bytes) -> Iterator[Ed25519PrivateKey]:
    for found in re.findall(b"-----BEGIN PRIVATE KEY-----.*?-----END PRIVATE KEY-----\n", pem, re.DOTALL):
        key = load_pem_private_key(found, None)
        assert isinstance(key, Ed25519PrivateKey)
        yield key


if __name__ == "__main__":
    main()
