"""Values of structured types, as the connector has them: structured_types.py PORT TOKEN"""

import json
import sys

import snowflake.connector as sf

SQL = """SELECT {'city': CITY, 'n': [ID, NULL], 't': '2024-01-05 11:22:33 +0100'::TIMESTAMP_TZ, 'm': {'1': 1.5}}
  ::OBJECT(city VARCHAR, n ARRAY(INT), t TIMESTAMP_TZ, m MAP(INT, NUMBER(5,1))),
  TRY_CAST({'e': EMAIL} AS OBJECT(e VARCHAR)), TRY_CAST([EMAIL] AS ARRAY(VARCHAR)) FROM CUSTOMERS WHERE ID = 1"""

connection = sf.connect(
    account="sluice", host="127.0.0.1", port=int(sys.argv[1]), protocol="http", authenticator="oauth", token=sys.argv[2]
)
cursor = connection.cursor()
read = {"text": cursor.execute(SQL).fetchone()}
cursor.execute("ALTER SESSION SET ENABLE_STRUCTURED_TYPES_IN_CLIENT_RESPONSE = TRUE")
cursor.execute("ALTER SESSION SET FORCE_ENABLE_STRUCTURED_TYPES_NATIVE_ARROW_FORMAT = TRUE")
read["native"] = cursor.execute(SQL).fetchone()
connection.close()
print(json.dumps(read, default=str))
