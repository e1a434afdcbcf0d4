"""Snowflake's Python connector of any version, with pandas: connector.py PORT TOKEN"""

import gzip
import os
import tempfile

import pandas
import snowflake.connector as sf
from snowflake.connector.pandas_tools import write_pandas
from steps import done, relay, same, step

connection = sf.connect(**relay)
cursor = connection.cursor()


@step("fetchall")
def _():
    rows = cursor.execute("SELECT ID, CITY FROM SHOP.PUBLIC.CUSTOMERS ORDER BY ID LIMIT 2").fetchall()
    same([row[0] for row in rows], [1, 2])


@step("DictCursor")
def _():
    same(connection.cursor(sf.DictCursor).execute("SELECT 1 AS ONE").fetchall(), [{"ONE": 1}])


@step("pyformat binds")
def _():
    same(cursor.execute("SELECT %s, %(b)s" if False else "SELECT %s, %s", (1, "it's")).fetchone(), (1, "it's"))


@step("CREATE TABLE, executemany, rowcount")
def _():
    cursor.execute("CREATE OR REPLACE TABLE SHOP.SCRATCH.PY_T (ID INT, T VARCHAR, AT TIMESTAMP_NTZ)")
    cursor.executemany(
        "INSERT INTO SHOP.SCRATCH.PY_T VALUES (%s, %s, %s)",
        [(i, f"t{i}", "2024-01-01 00:00:00") for i in range(100)],
    )
    same(cursor.rowcount, 100)
    cursor.execute("SELECT COUNT(*), MAX(T) FROM SHOP.SCRATCH.PY_T")
    same(cursor.fetchone(), (100, "t99"))


@step("transactions")
def _():
    connection.autocommit(False)
    try:
        cursor.execute("DELETE FROM SHOP.SCRATCH.PY_T WHERE ID < 50")
        connection.rollback()
        same(cursor.execute("SELECT COUNT(*) FROM SHOP.SCRATCH.PY_T").fetchone(), (100,))
    finally:
        connection.autocommit(True)


@step("execute_string")
def _():
    same([list(c)[0] for c in connection.execute_string("SELECT 1; SELECT 2;")], [(1,), (2,)])


@step("describe")
def _():
    same([c.name for c in cursor.describe("SELECT ID, CITY FROM SHOP.PUBLIC.CUSTOMERS")], ["ID", "CITY"])


@step("execute_async")
def _():
    cursor.execute_async("SELECT COUNT(*) FROM SHOP.PUBLIC.ORDERS")
    cursor.get_results_from_sfqid(cursor.sfqid)
    assert cursor.fetchone()[0] > 0


@step("pandas.DataFrame(fetchall)")
def _():
    rows = cursor.execute("SELECT ID, CREATED_AT FROM SHOP.PUBLIC.CUSTOMERS LIMIT 10").fetchall()
    same(len(pandas.DataFrame(rows, columns=[c[0] for c in cursor.description])), 10)


@step("fetch_pandas_all")
def _():
    frame = cursor.execute("SELECT ID, CREATED_AT FROM SHOP.PUBLIC.CUSTOMERS LIMIT 10").fetch_pandas_all()
    same(len(frame), 10)
    same(str(frame["ID"].dtype), "int64")
    text = cursor.execute("SELECT CITY, EMAIL, CREDIT_LIMIT FROM SHOP.PUBLIC.CUSTOMERS ORDER BY ID LIMIT 3").fetch_pandas_all()
    assert text["EMAIL"].str.startswith("tok_").all(), text
    same(list(cursor.execute("SELECT ID, CITY FROM SHOP.PUBLIC.CUSTOMERS WHERE ID < 0").fetch_pandas_all().columns), ["ID", "CITY"])


@step("fetch_arrow_all")
def _():
    same(cursor.execute("SELECT ID FROM SHOP.PUBLIC.CUSTOMERS LIMIT 10").fetch_arrow_all().num_rows, 10)
    many = "SELECT SEQ4() AS N, 'row ' || SEQ4() AS T FROM TABLE(GENERATOR(ROWCOUNT => 200000))"
    table = cursor.execute(many).fetch_arrow_all()
    same((table.num_rows, table.column(1)[199999].as_py()), (200000, "row 199999"))
    assert len(cursor.execute(many).get_result_batches()) > 1


@step("JSON, where it is asked for")
def _():
    cursor.execute("ALTER SESSION SET PYTHON_CONNECTOR_QUERY_RESULT_FORMAT = 'JSON'")
    try:
        cursor.execute("SELECT ID, CITY, CREATED_AT FROM SHOP.PUBLIC.CUSTOMERS LIMIT 10")
        same(len(cursor.fetchall()), 10)
    finally:
        cursor.execute("ALTER SESSION SET PYTHON_CONNECTOR_QUERY_RESULT_FORMAT = 'ARROW'")


@step("write_pandas")
def _():
    frame = pandas.DataFrame({"ID": [1, 2], "T": ["a", "b"]})
    same(write_pandas(connection, frame, "PY_FRAME", auto_create_table=True, overwrite=True)[0], True)
    write_pandas(connection, frame, "PY_FRAME", chunk_size=1)
    same(cursor.execute("SELECT ID, T FROM SHOP.SCRATCH.PY_FRAME ORDER BY ID, T").fetchall(), [(1, "a"), (1, "a"), (2, "b"), (2, "b")])


@step("PUT, LIST, COPY INTO, GET, REMOVE")
def _():
    home = tempfile.mkdtemp(prefix="stage-")
    path = os.path.join(home, "rows.csv")
    with open(path, "w") as file:
        file.write("1,one\n2,two\n")
    cursor.execute("CREATE OR REPLACE TEMPORARY STAGE PY_STAGE FILE_FORMAT = (TYPE = CSV)")
    same(cursor.execute(f"PUT 'file://{path}' @PY_STAGE/in").fetchone()[6], "UPLOADED")
    same(cursor.execute("LIST @PY_STAGE").fetchone()[0], "py_stage/in/rows.csv.gz")
    cursor.execute("CREATE OR REPLACE TABLE PY_LOADED (ID INT, T VARCHAR)")
    same(cursor.execute("COPY INTO PY_LOADED FROM @PY_STAGE/in").fetchone()[1:4], ("LOADED", 2, 2))
    same(cursor.execute("SELECT * FROM PY_LOADED ORDER BY ID").fetchall(), [(1, "one"), (2, "two")])
    same(cursor.execute(f"GET @PY_STAGE/in 'file://{home}/'").fetchone()[2], "DOWNLOADED")
    with gzip.open(os.path.join(home, "rows.csv.gz"), "rt") as file:
        same(file.read(), "1,one\n2,two\n")
    same(cursor.execute("REMOVE @PY_STAGE").fetchone()[1], "removed")


done(f"snowflake-connector-python {sf.__version__}")
