"""Reads results with Snowflake's Python connector, in Arrow: read_with_connector.py PORT TOKEN.

Each line on its input is a statement; each on its output is the JSON of what was read: rows, and milliseconds.
"""

import json
import sys
import time

import snowflake.connector as sf

connection = sf.connect(
    account="sluice",
    host="127.0.0.1",
    port=int(sys.argv[1]),
    protocol="http",
    authenticator="oauth",
    token=sys.argv[2],
)
for line in sys.stdin:
    began = time.perf_counter()
    cursor = connection.cursor()
    cursor.execute(line)
    rows = 0
    for table in cursor.fetch_arrow_batches():
        rows += table.num_rows
    print(json.dumps({"rows": rows, "ms": (time.perf_counter() - began) * 1000}), flush=True)
    cursor.close()
connection.close()
