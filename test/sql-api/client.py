"""Snowflake's SQL API as an independent client speaks it: prints one line of JSON for each step.

The client signs tokens with a key pair, which the relay does not take: it is given one of the relay's issuer instead.
It knows https alone, and a relay on the same machine is reached without.
"""

import io
import json
import sys
from datetime import date, datetime, timezone
from decimal import Decimal

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from snowflake_sql_api import SnowflakeClient

url, token = sys.argv[1], sys.argv[2]


class WithoutTls(httpx.HTTPTransport):
    def handle_request(self, request):
        request.url = request.url.copy_with(scheme="http")
        return super().handle_request(request)


key = rsa.generate_private_key(65537, 2048).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)


def connect(**options):
    client = SnowflakeClient(
        "demo",
        "ada",
        private_key=key,
        host=url.removeprefix("http://"),
        http_client=httpx.Client(transport=WithoutTls(), timeout=60),
        poll_interval=0.1,
        **options,
    )
    return client


def say(name, value):
    print(json.dumps([name, value], default=str), flush=True)


def refused(name, step):
    try:
        step()
        say(name, "was not refused")
    except Exception as error:
        say(name, [type(error).__name__, getattr(error, "status_code", None), getattr(error, "code", None), str(error)])


refused("key pair", lambda: connect().query("SELECT 1"))

client = connect(schema="SCRATCH", database="SHOP", timezone="Asia/Tokyo")
client._auth.token = lambda: token
say(
    "types",
    client.query(
        "SELECT 1 AS I, 1.50::NUMBER(5,2) AS D, TRUE AS T, FALSE AS F, NULL AS N, DATE '2024-02-29' AS DAY,"
        " '2024-02-29 12:00:00.5'::TIMESTAMP_NTZ AS NTZ,"
        " TIME '12:34:56.5' AS TIME, TO_BINARY('CAFE') AS B, PARSE_JSON('{\"a\":[1,null]}') AS V, 0.5::FLOAT AS R"
    ),
)
values = [7, Decimal("1.5"), True, None, "it's", date(1969, 12, 31), datetime(1969, 12, 31, 23, 59, 59, 500000)]
say("binds", list(client.query("SELECT ? AS A, ? AS B, ? AS C, ? AS D, ? AS E, ? AS F, ? AS G", values)[0].values()))
say("masked", client.query("SELECT CARD_NUMBER FROM SHOP.PUBLIC.CUSTOMERS ORDER BY ID LIMIT 1"))
client.execute("CREATE OR REPLACE TABLE BY_SQL_API (A INT, B VARCHAR)")
say("inserted", client.insert_many("BY_SQL_API", ["A", "B"], [[1, "x"], [2, None], [3, "z"]]))
say("read", client.query("SELECT * FROM BY_SQL_API ORDER BY A"))
everything = client.query("SELECT ID, ID > 0 AS T, NAME, EMAIL FROM SHOP.PUBLIC.CUSTOMERS ORDER BY ID")
say("rows", [len(everything), all(row["T"] for row in everything), everything[-1]["ID"]])
out = io.StringIO()
say("streamed", client.export_csv("SELECT ID, EMAIL FROM SHOP.PUBLIC.CUSTOMERS ORDER BY ID", out))
handle = client.submit("SELECT 42 AS A")
say("submitted", handle.result())
refused("blocked", lambda: client.query("DROP TABLE SHOP.PUBLIC.ORDERS"))
refused("use", lambda: client.query("USE SCHEMA PUBLIC"))
held = client.submit("DELETE FROM SHOP.PUBLIC.SUPPORT_TICKETS WHERE ID = 5")
say("held", held.status())
held.cancel()
refused("cancelled", held.result)
waits = client.submit("UPDATE SHOP.PUBLIC.ORDERS SET TOTAL = 5 WHERE ID = 5")
say("waiting", waits.status())
say("approved", waits.result(timeout=60))
