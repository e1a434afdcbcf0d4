"""Changes to the bytes of an export."""

import json
import random

from .tampering import Tampering


def text_changed(data: bytes, chance: random.Random) -> Tampering:
    """Other texts of the same values, and what is none of JSON."""
    lines = data.split(b"\n")[:-1]
    number = chance.randrange(len(lines))
    line = lines[number].decode()
    value = json.loads(line)
    deep = 20_000
    name, changed = chance.choice(
        [
            ("with blanks", json.dumps(value, ensure_ascii=False)),
            ("with ASCII alone", json.dumps(value, separators=(",", ":"), sort_keys=True)),
            (
                "in another order",
                json.dumps(dict(reversed(value.items())), separators=(",", ":"), ensure_ascii=False),
            ),
            ("a blank before", f" {line}"),
            ("a blank after", f"{line} "),
            ("a carriage return after", f"{line}\r"),
            ("a byte order mark before", f"\ufeff{line}"),
            ("a no-break space after", f"{line}\xa0"),
            ("a line separator after", f"{line}\u2028"),
            ("a null after", f"{line}\x00"),
            ("a member twice", line.replace("{", '{"kind":"event",', 1)),
            ("a member twice, the same", line[:-1] + f',"kind":"{value["kind"]}"' + "}"),
            ("a letter escaped", line.replace("e", "\\u0065", 1)),
            ("a slash escaped", line.replace("/", "\\/", 1) if "/" in line else f"{line}/"),
            ("numbers with a point", line.replace(":1,", ":1.0,").replace(":1}", ":1.0}") + " "),
            ("numbers with an exponent", line.replace(":1,", ":1e0,").replace(":1}", ":1e0}") + " "),
            ("negative zero", line.replace(":0,", ":-0,", 1) if ":0," in line else f"-{line}"),
            ("a comma at the end", f"{line[:-1]},}}"),
            ("NaN", line[:-1] + ',"extra":NaN}'),
            ("infinity", line[:-1] + ',"extra":1e999}'),
            ("an integer of 5,000 digits", line[:-1] + f',"extra":{"1" * 5_000}}}'),
            ("half a pair", line[:-1] + ',"extra":"\\ud83d"}'),
            ("half a pair for a letter", line.replace("a", "\\ud83d", 1)),
            ("a comment", f"{line}//"),
            ("single quotes", line.replace('"', "'")),
            ("two values", line + line),
            ("an array of it", f"[{line}]"),
            ("a text of it", json.dumps(line)),
            ("nothing", ""),
            ("null", "null"),
            ("a number", "1"),
            ("an empty object", "{}"),
            ("an unknown kind", '{"kind":"note"}'),
            ("a kind of another type", '{"kind":["event"]}'),
            ("only a kind", f'{{"kind":"{value["kind"]}"}}'),
            ("very deep", "[" * deep + "]" * deep),
            ("very deep objects", '{"a":' * deep + "1" + "}" * deep),
            ("a form feed", f"\x0c{line}"),
        ]
    )
    lines[number] = changed.encode("utf-8", "surrogatepass")
    return Tampering(f"line {number + 1}: {name}", b"\n".join(lines) + b"\n")


def bytes_changed(data: bytes, chance: random.Random) -> Tampering:
    at = chance.randrange(len(data))
    starts = [0, *(index + 1 for index, byte in enumerate(data) if byte == 10)]
    start = chance.choice(starts)
    name, changed = chance.choice(
        [
            (f"cut at byte {at}", data[:at]),
            (f"cut at the line at byte {start}", data[:start]),
            (f"cut before the line feed at byte {start}", data[: max(start - 1, 0)]),
            (f"begun at byte {at}", data[at:]),
            (f"begun at the line at byte {start}", data[start:]),
            (
                f"a bit at byte {at}",
                data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :],
            ),
            (
                f"a bit at byte {at}",
                data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :],
            ),
            (f"byte {at} removed", data[:at] + data[at + 1 :]),
            (f"byte {at} twice", data[:at] + data[at : at + 1] + data[at:]),
            (
                f"no UTF-8 at byte {at}",
                data[:at] + chance.choice([b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xe2\x82"]) + data[at:],
            ),
            (f"an empty line at byte {start}", data[:start] + b"\n" + data[start:]),
            ("other line ends", data.replace(b"\n", chance.choice([b"\r\n", b"\r", b"\n\n"]))),
            ("a byte order mark", b"\xef\xbb\xbf" + data),
            ("as UTF-16", data.decode().encode("utf-16")),
            ("twice", data + data),
            (
                "something after it",
                data + chance.choice([b"\n", b" ", b"{}\n", b"\x00", b"more", b'{"kind":"end"}\n']),
            ),
            ("nothing", b""),
            ("a line feed", b"\n"),
        ]
    )
    return Tampering(name, changed)
