"""Two customers in fakesnow, and as JSON what it has then, read without a relay: fill_fakesnow.py PORT"""

import json
import sys

import snowflake.connector as sf

connection = sf.connect(
    account="sluice", host="127.0.0.1", port=int(sys.argv[1]), protocol="http", user="ada", password="any",
    database="SHOP", schema="PUBLIC",
)
cursor = connection.cursor()
cursor.execute("CREATE TABLE SHOP.PUBLIC.CUSTOMERS (ID INT, NAME VARCHAR(100), EMAIL VARCHAR(100), CARD_NUMBER VARCHAR(19))")
cursor.execute(
    "INSERT INTO SHOP.PUBLIC.CUSTOMERS VALUES (0, 'Ada Lovelace', 'ada@example.com', '4111111111111111'), (1, 'Grace Hopper', NULL, NULL)"
)
print(json.dumps(cursor.execute("SELECT * FROM SHOP.PUBLIC.CUSTOMERS ORDER BY ID").fetchall()))
connection.close()
