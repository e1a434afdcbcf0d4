"""Changes to proofs and checkpoints."""

import base64
import copy
import random
from collections.abc import Sequence

from record.canonical import NotCanonical

from .seal import Line, digested, written
from .tampering import Tampering


def proof_changed(lines: Sequence[Line], chance: random.Random) -> Tampering | None:
    changed = copy.deepcopy(list(lines))
    placed = [line for line in changed if "proof" in line]
    if not placed:
        return None
    line = chance.choice(placed)
    proof = line["proof"]
    sibling = "".join(chance.choice("0123456789abcdef") for _ in range(64))
    match chance.randrange(8):
        case 0:
            what = "shorter"
            proof[:] = proof[:-1]
        case 1:
            what = "shorter at the leaf"
            proof[:] = proof[1:]
        case 2:
            what = "longer"
            proof.append(sibling)
        case 3:
            what = "longer at the leaf"
            proof.insert(0, sibling)
        case 4:
            what = "of another event"
            proof[:] = chance.choice(placed)["proof"]
        case 5:
            what = "with an odd sibling"
            if proof:
                proof[chance.randrange(len(proof))] = sibling
        case 6 if "position" in line:
            what = "at another position"
            line["position"] = chance.choice(
                [line["position"] + 1, line["position"] - 1, 10**9, 2**53 - 1, -1, 0]
            )
        case 6 | 7 if "position" not in line:
            what = "turned round"
            proof.reverse()
        case _:
            what = "of an event with another hash"
            line["event"]["hash"] = sibling
    if chance.random() < 0.5:
        changed = digested(changed)
    return Tampering(f"proof of {line['kind']} at {line.get('position')} {what}", written(changed))


def note_changed(lines: Sequence[Line], chance: random.Random) -> Tampering | None:
    changed = copy.deepcopy(list(lines))
    noted = [line for line in changed if "note" in line]
    if not noted:
        return None
    line = chance.choice(noted)
    note = line["note"]
    text, _, signatures = note.partition("\n\n")
    origin, size, root, at = text.split("\n")[:4]
    first = signatures.split("\n")[0]
    name, value = first.removeprefix("\u2014 ").rsplit(" ", 1)
    raw = base64.b64decode(value)
    other = base64.b64encode(raw[:-1] + bytes([raw[-1] ^ 1])).decode()
    unknown = base64.b64encode(bytes([raw[0] ^ 1]) + raw[1:]).decode()
    cosigned = base64.b64encode(b"\x01\x02\x03\x04" + bytes(72)).decode()

    def signed(by: str) -> str:
        return f"{text}\n\n{by}\n"

    what, line["note"] = chance.choice(
        [
            ("another signature", signed(f"\u2014 {name} {other}")),
            ("a good signature and a bad one", signed(f"{first}\n\u2014 {name} {other}")),
            ("a bad signature and a good one", signed(f"\u2014 {name} {other}\n{first}")),
            ("the signature twice", signed(f"{first}\n{first}")),
            ("a signature of an unknown key", signed(f"\u2014 {name} {unknown}")),
            ("a signature of an unknown key besides", signed(f"{first}\n\u2014 {name} {unknown}")),
            ("a signature of an unknown key before", signed(f"\u2014 {name} {unknown}\n{first}")),
            ("a witness's", signed(f"{first}\n\u2014 witness.example/w1 {cosigned}")),
            ("99 witnesses'", signed("\n".join([first, *[f"\u2014 witness.example/w1 {cosigned}"] * 99]))),
            ("100 witnesses'", signed("\n".join([first, *[f"\u2014 witness.example/w1 {cosigned}"] * 100]))),
            ("a name with a plus", signed(f"{first}\n\u2014 witness+1 {cosigned}")),
            ("a name with a no-break space", signed(f"{first}\n\u2014 witness\xa01 {cosigned}")),
            ("a name with a byte order mark", signed(f"{first}\n\u2014 witness\ufeff1 {cosigned}")),
            ("a name with next line", signed(f"{first}\n\u2014 witness\x851 {cosigned}")),
            ("a name with a Mongolian vowel separator", signed(f"{first}\n\u2014 witness\u180e1 {cosigned}")),
            ("no name", signed(f"{first}\n\u2014  {cosigned}")),
            ("a hyphen for the dash", signed(f"- {name} {value}")),
            ("two blanks", signed(f"\u2014  {name} {value}")),
            ("three words", signed(f"\u2014 {name} {value} more")),
            ("a signature of 4 bytes", signed(f"{first}\n\u2014 witness AQIDBA==")),
            ("a signature of 5 bytes", signed(f"{first}\n\u2014 witness AQIDBAU=")),
            ("a signature not canonical", signed(f"{first}\n\u2014 witness AQIDBAV=")),
            ("a signature cut short", signed(f"\u2014 {name} {base64.b64encode(raw[:-1]).decode()}")),
            ("no signature", f"{text}\n\n"),
            ("no blank line", f"{text}\n{signatures}"),
            ("an empty line more", f"{text}\n\n\n{signatures}"),
            ("no line feed at the end", note[:-1]),
            ("a line feed more", f"{note}\n"),
            ("carriage returns", note.replace("\n", "\r\n")),
            ("another size", note.replace(f"\n{size}\n", f"\n{int(size) + 1}\n")),
            ("a size with a zero", note.replace(f"\n{size}\n", f"\n0{size}\n")),
            ("a size of zero", note.replace(f"\n{size}\n", "\n0\n")),
            ("a huge size", note.replace(f"\n{size}\n", f"\n{2**53}\n")),
            ("an endless size", note.replace(f"\n{size}\n", f"\n{'9' * 5_000}\n")),
            ("a size with a sign", note.replace(f"\n{size}\n", f"\n+{size}\n")),
            ("another root", note.replace(root, base64.b64encode(bytes(32)).decode())),
            ("a short root", note.replace(root, base64.b64encode(bytes(31)).decode())),
            ("a root not canonical", note.replace(root, root[:-2] + chr(ord(root[-2]) + 1) + "=")),
            ("another time", note.replace(at, "at 2026-03-01T00:00:00.000Z")),
            ("a time of no day", note.replace(at, "at 2026-02-30T00:00:00.000Z")),
            ("no time", note.replace(f"{at}\n", "")),
            ("two times", note.replace(f"{at}\n", f"{at}\n{at}\n")),
            ("one more line", note.replace(f"{at}\n", f"{at}\nextra\n")),
            ("another log", note.replace(origin, "sluice/log/00000000-0000-4000-8000-000000000000")),
            ("a log in upper case", note.replace(origin, origin.upper())),
            ("another origin", note.replace(origin, origin.replace("sluice/", "example/"))),
            ("half a pair", f"{note[:-1]}\ud83d\n"),
            ("too long", signed("\n".join([first, f"\u2014 witness {'AAAA' * 250_000}"]))),
            ("of another line", chance.choice([other["note"] for other in lines if "note" in other])),
        ]
    )
    redigested = chance.random() < 0.5
    try:
        if redigested:
            changed = digested(changed)
        return Tampering(f"note of {line['kind']}: {what}", written(changed))
    except NotCanonical:
        return None
