"""The conversation of conversation.ts with Snowflake's Python connector; prints one JSON object of what it saw."""

import datetime
import json
import sys
import time

import snowflake.connector as sf

port = int(sys.argv[1])
sf.paramstyle = "qmark"


def connect(**more):
    options = {"authenticator": "oauth", "token": "ada-token", **more}
    return sf.connect(account="sluice", host="127.0.0.1", port=port, protocol="http", **options)


seen = {}
connection = connect()
cursor = connection.cursor()

row = cursor.execute("SELECT types").fetchone()
seen["types"] = [
    value.hex() if isinstance(value, (bytes, bytearray)) else
    value.isoformat() if isinstance(value, (datetime.date, datetime.time)) else
    value if isinstance(value, (int, float, str, type(None))) else str(value)
    for value in row
]

seen["held"] = cursor.execute("SELECT held").fetchone()[0]

cursor.execute_async("SELECT for ever")
query_id = cursor.sfqid
cursor.abort_query(query_id)
while connection.is_still_running(connection.get_query_status(query_id)):
    time.sleep(0.1)
seen["cancelled"] = connection.get_query_status(query_id).name

try:
    cursor.execute("SELECT blocked")
except sf.errors.ProgrammingError as error:
    seen["blocked"] = [error.errno, error.sqlstate, "payroll is closed" in error.msg]

cursor.execute("INSERT INTO t VALUES (?, ?)", (7, "x"))
seen["inserted"] = cursor.rowcount
cursor.executemany("INSERT INTO t VALUES (?, ?)", [(1, "a"), (2, None), (3, "c")])
seen["insertedMany"] = cursor.rowcount

rows = cursor.execute("SELECT many").fetchall()
seen["many"] = len(rows)
seen["manyInOrder"] = all(n == index and text == f"row {index}" for index, (n, text) in enumerate(rows))

seen["described"] = [column.name for column in cursor.describe("SELECT types")]

cursor.execute_async("SELECT held")
query_id = cursor.sfqid
while connection.is_still_running(connection.get_query_status(query_id)):
    time.sleep(0.2)
cursor.get_results_from_sfqid(query_id)
seen["async"] = cursor.fetchone()[0]

other = connect(authenticator="programmatic_access_token")
seen["pat"] = other.cursor().execute("SELECT 1").fetchone()[0]
other.close()

try:
    connect(token="invalid-token")
except sf.errors.DatabaseError as error:
    seen["invalidToken"] = error.errno

connection.close()
print(json.dumps(seen))
