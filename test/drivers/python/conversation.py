"""
The conversations of conversation.ts and shop.ts with Snowflake's Python connector, one JSON object of what it saw:
conversation.py scripted PORT TOKEN, conversation.py shop PORT TOKEN. conversation.py files PORT TOKEN sends a file and gets it back.
"""

import datetime
import gzip
import json
import os
import sys
import tempfile
import time

import snowflake.connector as sf

which, port, token = sys.argv[1], int(sys.argv[2]), sys.argv[3]
sf.paramstyle = "qmark"


def connect(**more):
    options = {"authenticator": "oauth", "token": token, **more}
    return sf.connect(account="sluice", host="127.0.0.1", port=port, protocol="http", **options)


def plain(value):
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return value if isinstance(value, (int, float, str, type(None))) else str(value)


def refusal(cursor, sql):
    try:
        cursor.execute(sql)
    except sf.errors.ProgrammingError as error:
        return [error.errno, error.sqlstate, error.raw_msg]


def scripted():
    seen = {"driver": f"snowflake-connector-python {sf.__version__}"}
    connection = connect()
    cursor = connection.cursor()
    seen["types"] = [plain(value) for value in cursor.execute("SELECT types").fetchone()]
    seen["held"] = cursor.execute("SELECT held").fetchone()[0]

    cursor.execute_async("SELECT for ever")
    query_id = cursor.sfqid
    cursor.abort_query(query_id)
    while connection.is_still_running(connection.get_query_status(query_id)):
        time.sleep(0.1)
    seen["cancelled"] = connection.get_query_status(query_id).name

    seen["blocked"] = refusal(cursor, "SELECT blocked")

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
    return seen


def shop():
    seen = {}
    connection = connect()
    cursor = connection.cursor()

    row = cursor.execute(
        "SELECT ID, NAME, EMAIL, CARD_NUMBER, BIRTH_DATE, CREDIT_LIMIT FROM CUSTOMERS WHERE ID = ?", (7,)
    ).fetchone()
    seen["masked"] = [str(value) for value in row]
    seen["types"] = [type(value).__name__ for value in row]
    seen["refused"] = refusal(cursor, "SELECT ID FROM CUSTOMERS WHERE CARD_NUMBER LIKE '4%'")

    seen["mistakes"] = [refusal(cursor, sql) for sql in ("SELEC 1", "SELECT * FROM NOPE", "SELECT\n NOPE FROM CUSTOMERS")]

    cursor.execute("UPDATE ORDERS SET STATUS = ? WHERE ID = ?", ("seen", 7))
    seen["approved"] = cursor.rowcount
    seen["after"] = cursor.execute("SELECT STATUS FROM ORDERS WHERE ID = 7").fetchone()[0]
    seen["denied"] = refusal(cursor, "DELETE FROM ORDERS WHERE ID = 7")

    rows = cursor.execute(
        "SELECT O.ID, P.ID, SHA2(O.ID || '/' || P.ID) FROM ORDERS O, PRODUCTS P WHERE O.ID <= 300 ORDER BY 1, 2"
    ).fetchall()
    seen["many"] = len(rows)
    seen["manyInOrder"] = all(
        (order, product, len(text)) == (index // 500 + 1, index % 500 + 1, 64)
        for index, (order, product, text) in enumerate(rows)
    )
    seen["files"] = files(cursor)
    connection.close()
    return seen


def files(cursor, is_read=True):
    """Sends a file to a stage, has it read there, and gets it back: what is in it, and how many lines the relay saw."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "rows.csv"), "w") as file:
            file.write("1,one\n2,two\n")
        cursor.execute(f"PUT file://{folder}/rows.csv @~/python")
        lines = cursor.execute("SELECT COUNT($2) FROM @~/python").fetchone()[0] if is_read else None
        cursor.execute(f"GET @~/python file://{folder}/")
        if is_read:
            cursor.execute("REMOVE @~/python")
        with gzip.open(os.path.join(folder, "rows.csv.gz"), "rt") as back:
            return [lines, back.read()]


def only_files():
    connection = connect()
    seen = {"files": files(connection.cursor(), is_read=False)}
    connection.close()
    return seen


print(json.dumps({"scripted": scripted, "shop": shop, "files": only_files}[which]()))
