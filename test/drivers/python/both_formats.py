"""What queries give in one format, a value a line: both_formats.py PORT TOKEN FORMAT SQL..."""

import sys
import zlib

import snowflake.connector as sf

port, token, wanted, *queries = sys.argv[1:]
connection = sf.connect(
    account="sluice",
    host="127.0.0.1",
    port=int(port),
    protocol="http",
    authenticator="oauth",
    token=token,
    database="SHOP",
    schema="PUBLIC",
    session_parameters={"PYTHON_CONNECTOR_QUERY_RESULT_FORMAT": wanted},
)
for sql in queries:
    cursor = connection.cursor().execute(sql)
    count, check = 0, 0
    for row in cursor:
        # Of Arrow, the driver makes bytes that can be changed.
        row = tuple(bytes(value) if isinstance(value, bytearray) else value for value in row)
        count += 1
        check = zlib.crc32(repr(row).encode(), check)
        if count <= 3:
            print(*(f"{type(value).__name__} {value!r}" for value in row), sep="\n")
    print(f"{count} rows, {check}")
