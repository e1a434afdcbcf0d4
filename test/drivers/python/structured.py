"""
Structured types in Arrow, as pyarrow writes and reads them and the connector does:
structured.py write, and structured.py read PORT TOKEN
"""

import base64
import datetime
import decimal
import json
import sys

import pyarrow as pa


def described(kind, **more):
    said = {"precision": "38", "scale": "0", "charLength": "0", "byteLength": "0", "finalType": "T", **more}
    return {"logicalType": kind, **said}


def field(name, kind, arrow, **more):
    return pa.field(name, arrow, metadata=described(kind, **more))


def written():
    part = pa.struct([field("n", "FIXED", pa.int32(), precision="9"), field("w", "REAL", pa.float64())])
    place = pa.struct(
        [
            field("city", "TEXT", pa.string(), hidden="c2VjcmV0"),
            field("parts", "ARRAY", pa.list_(field("item", "OBJECT", part))),
        ]
    )
    key = pa.field("key", pa.string(), nullable=False, metadata=described("TEXT"))
    cost = field("element", "FIXED", pa.decimal128(10, 2), precision="10", scale="2")
    fields = [
        field("EMAIL", "TEXT", pa.string(), charLength="100", byteLength="400"),
        field("PLACE", "OBJECT", place, hidden="c2VjcmV0"),
        field("NUMBERS", "ARRAY", pa.list_(field("element", "FIXED", pa.int64()))),
        field("DAYS", "MAP", pa.map_(key, field("value", "DATE", pa.date32()))),
        field("COSTS", "ARRAY", pa.list_(cost)),
    ]
    day, cost = datetime.date(2024, 2, 29), decimal.Decimal("12345678.90")
    rows = [
        ["ada@example.com", {"city": "Zoë", "parts": [{"n": 1, "w": 0.5}, None]}, [1, None, -3], [("a", day)], [cost]],
        [None, None, None, None, None],
        ["bob@example.com", {"city": None, "parts": []}, [], [], [None, -cost]],
        ["eve@example.com", {"city": "x", "parts": None}, [2**62], [("b", None), ("c", day)], []],
    ]
    schema = pa.schema(fields)
    columns = [pa.array([row[at] for row in rows], field.type) for at, field in enumerate(schema)]
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        # The second batch is a part of larger vectors.
        whole = pa.record_batch(columns, schema=schema)
        writer.write_batch(whole.slice(0, 2))
        writer.write_batch(whole.slice(2, 2))
    return sink.getvalue().to_pybytes(), [row[1:] for row in rows]


def plain(rows):
    return json.loads(json.dumps(rows, default=str))


def read(port, token):
    import snowflake.connector as sf

    connection = sf.connect(
        account="sluice", host="127.0.0.1", port=port, protocol="http", authenticator="oauth", token=token
    )
    table = connection.cursor().execute("SELECT arrow").fetch_arrow_all()
    table.validate(full=True)
    rows = connection.cursor().execute("SELECT arrow").fetchall()
    connection.close()
    columns = [column.to_pylist() for column in table.columns]
    return {
        "table": plain(list(map(list, zip(*columns)))),
        "types": [str(field.type) for field in table.schema],
        "rows": plain([list(row) for row in rows]),
        "pyarrow": plain(written()[1]),
    }


if sys.argv[1] == "write":
    print(base64.b64encode(written()[0]).decode())
else:
    print(json.dumps(read(int(sys.argv[2]), sys.argv[3])))
