"""
What a session is in Snowflake's Python connector, one JSON object of it: sessions.py PORT TOKEN
"""

import json
import sys

import snowflake.connector as sf

port, token = int(sys.argv[1]), sys.argv[2]


def connect(**more):
    options = {"authenticator": "oauth", "token": token, **more}
    return sf.connect(account="sluice", host="127.0.0.1", port=port, protocol="http", **options)


def one(connection, sql):
    return connection.cursor().execute(sql).fetchone()[0]


seen = {}
other = connect()
one(other, "CREATE OR REPLACE TABLE SCRATCH.P (A INT)")

own = connect()
own.autocommit(False)
one(own, "INSERT INTO SCRATCH.P VALUES (1)")
own.rollback()
own.rollback()
seen["rolledBack"] = one(other, "SELECT COUNT(*) FROM SCRATCH.P")
one(own, "INSERT INTO SCRATCH.P VALUES (1)")
own.commit()
seen["committed"] = one(other, "SELECT COUNT(*) FROM SCRATCH.P")
own.close()

off = connect(autocommit=False)
one(off, "DELETE FROM SCRATCH.P")
seen["off"] = [one(off, "SELECT CURRENT_TRANSACTION() IS NOT NULL"), one(off, "SELECT COUNT(*) FROM SCRATCH.P")]
off.close()

zone = {"TIMEZONE": "America/New_York", "WEEK_START": 7, "NOT_ONE": 1}
signed_in = connect(session_parameters=zone)
seen["timezone"] = signed_in.cursor().execute("SHOW PARAMETERS LIKE 'TIMEZONE'").fetchone()[1]
seen["instant"] = one(signed_in, "SELECT '2024-01-05 12:00:00'::TIMESTAMP_LTZ").isoformat()
seen["shown"] = [list(row[:4]) for row in signed_in.cursor().execute("SHOW PARAMETERS LIKE 'WEEK_START'")]
signed_in.close()

try:
    connect(session_parameters={"TIMESTAMP_TYPE_MAPPING": "TIMESTAMP_TZ"})
except sf.errors.Error as error:
    seen["refused"] = str(error)
other.close()
print(json.dumps(seen))
