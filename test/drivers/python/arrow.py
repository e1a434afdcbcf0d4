"""
Rows that come as Arrow, as Snowflake's Python connector reads them, as JSON: arrow.py PORT TOKEN
"""

import json
import sys

import snowflake.connector as sf


def plain(value):
    return value.hex() if isinstance(value, (bytes, bytearray)) else str(value)


port, token = int(sys.argv[1]), sys.argv[2]
connection = sf.connect(
    account="sluice", host="127.0.0.1", port=port, protocol="http", authenticator="oauth", token=token
)
rows = connection.cursor().execute("SELECT arrow").fetchall()
print(json.dumps([[plain(value) for value in row] for row in rows]))
connection.close()
