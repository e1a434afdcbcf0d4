#!/usr/bin/env python3
"""Writes exports that were tampered with: what two verifiers have to agree about.

    corpus.py FOLDER --seed N --count N [EXPORT ... --private-keys PEM]

Writes to FOLDER: synthetic exports, valid and invalid; `count` tampered copies of two valid ones and of each EXPORT,
whose signing keys are in PEM (the newest first, as in the relay's file); and `list.ndjson` with a line for each file:
`file`, `keys` (to verify it with), `more` (arguments), `what`. The same seed makes the same of the same exports.
"""

import argparse
import base64
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from example import example
from tampering.invalid import cases, earlier, signed_lines
from tampering.seal import WITNESSES, Keys, note_of, witness_text, written
from tampering.synthetic import KEYS, LOG, SyntheticSession, lines_of
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

    def kept(self, name: str, note: str) -> list[str]:
        """The argument that gives a checkpoint that was kept."""
        path = self._folder / f"{name}.checkpoint"
        path.write_text(note, "utf-8")
        return ["--checkpoint", str(path)]

    def add(self, what: str, data: bytes, keys: Sequence[Path], more: Sequence[str] = ()) -> None:
        path = self._folder / f"{len(self._list):06}.sluice"
        path.write_bytes(data)
        line = {"file": str(path), "keys": [str(key) for key in keys], "more": [*more], "what": what}
        self._list.append(json.dumps(line))

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
        asked = [[], *arguments(corpus, f"export{number}", base)]
        for tampering in tamperings(base.data, base.keys, others, chance, options.count):
            more = chance.choice(asked)
            corpus.add(f"export {number} {more}: {tampering.what}", tampering.data, [base.public], more)
    corpus.finish()


def add_synthetic(corpus: Corpus) -> None:
    newest, older = corpus.key("newest", KEYS.newest), corpus.key("older", KEYS.older)
    stranger = corpus.key("stranger", STRANGER.newest)
    valid = written(lines_of(whole()))
    for public in ([newest], [older], [stranger], [stranger, older], [newest, older]):
        corpus.add(f"the valid session, with {[key.stem for key in public]}", valid, public)
    for more in arguments(corpus, "valid", Base(valid, KEYS, newest)):
        corpus.add(f"the valid session, with {more}", valid, [newest], more)
    for what, lines in earlier():
        for asked in ([], _demand(1, *WITNESSES), corpus.kept("size-3", _note_in(whole(), 3))):
            corpus.add(f"earlier: {what}, with {asked}", written(lines), [newest], asked)
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


def arguments(corpus: Corpus, name: str, base: Base) -> Iterator[list[str]]:
    """Checkpoints that were kept, of the export and not, and witnesses that are demanded."""
    lines = [json.loads(line) for line in base.data.splitlines()]
    log = lines[0]["log"]
    shown = [line["note"] for line in lines if line["kind"] in ("checkpoint", "earlier")]
    for number, note in enumerate(shown):
        yield corpus.kept(f"{name}-{number}", note)
    size = int(shown[0].split("\n")[1])
    for what, note in (
        ("forged", note_of(log, size, bytes(32), base.keys.newest)),
        ("forged-earlier", note_of(log, int(shown[-1].split("\n")[1]), bytes(32), base.keys.newest)),
        ("larger", note_of(log, size + 1, bytes(32), base.keys.newest)),
        ("stranger", note_of(log, size, bytes(32), STRANGER.newest)),
        ("another-log", note_of(LOG.replace("1", "3"), size, bytes(32), base.keys.newest)),
    ):
        yield corpus.kept(f"{name}-{what}", note)
    w1, w2, w3 = WITNESSES
    for least, witnesses in ((1, [w1]), (1, [w2]), (1, [w3]), (2, [w1, w2]), (1, [w1, w2]), (2, [w1, w2, w3])):
        yield _demand(least, *witnesses)
    yield [*_demand(2, w1, w2), "--witness", witness_text(w1)]


def _demand(least: int, *witnesses: str) -> list[str]:
    return [f"--witnesses={least}", *(f"--witness={witness_text(name)}" for name in witnesses)]


def _note_in(session: SyntheticSession, size: int) -> str:
    """Of the size, but of another log's events."""
    root = next(line["note"] for line in lines_of(session) if line["kind"] == "checkpoint")
    return note_of(LOG, size, base64.b64decode(root.split("\n")[2]), KEYS.newest)


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
