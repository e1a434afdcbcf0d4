"""A large result with Snowflake's Python connector, as JSON of what it saw: large_result.py PORT TOKEN SQL"""

import json
import sys

import snowflake.connector as sf

port, token, sql = int(sys.argv[1]), sys.argv[2], sys.argv[3]
connection = sf.connect(
    account="sluice", host="127.0.0.1", port=port, protocol="http", authenticator="oauth", token=token
)
cursor = connection.cursor()
cursor.execute(sql)
# It refuses what is not Arrow.
table = cursor.fetch_arrow_all()
rows = list(zip(*(column.to_pylist() for column in table.columns)))
print(
    json.dumps(
        {
            "rows": len(rows),
            "inOrder": all(int(row[0]) == index for index, row in enumerate(rows)),
            "last": [int(rows[-1][0]), *rows[-1][1:]],
        }
    )
)
connection.close()
