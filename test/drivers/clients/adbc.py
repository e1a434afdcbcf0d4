"""ADBC: adbc.py PORT TOKEN"""

from importlib.metadata import version

import adbc_driver_snowflake.dbapi
from steps import done, port, relay, same, step, token

connection = None


@step("connect")
def _():
    global connection
    connection = adbc_driver_snowflake.dbapi.connect(
        db_kwargs={
            "username": "ada",
            "adbc.snowflake.sql.account": "sluice",
            "adbc.snowflake.sql.uri.host": "127.0.0.1",
            "adbc.snowflake.sql.uri.port": str(port),
            "adbc.snowflake.sql.uri.protocol": "http",
            "adbc.snowflake.sql.auth_type": "auth_oauth",
            "adbc.snowflake.sql.client_option.auth_token": token,
            "adbc.snowflake.sql.db": relay["database"],
            "adbc.snowflake.sql.schema": relay["schema"],
        },
        autocommit=True,
    )


@step("execute, fetchall")
def _():
    with connection.cursor() as cursor:
        cursor.execute("SELECT ID, CITY FROM SHOP.PUBLIC.CUSTOMERS ORDER BY ID LIMIT 2")
        same([int(row[0]) for row in cursor.fetchall()], [1, 2])


@step("fetch_arrow_table")
def _():
    with connection.cursor() as cursor:
        cursor.execute("SELECT ID, TOTAL, ORDER_DATE FROM SHOP.PUBLIC.ORDERS LIMIT 10")
        same(cursor.fetch_arrow_table().num_rows, 10)
        cursor.execute("SELECT ID, EMAIL, CREATED_AT FROM SHOP.PUBLIC.CUSTOMERS ORDER BY ID LIMIT 10")
        assert all(email.startswith("tok_") for email in cursor.fetch_arrow_table().column("EMAIL").to_pylist())
        cursor.execute("SELECT SEQ4() AS N, 'row ' || SEQ4() AS T FROM TABLE(GENERATOR(ROWCOUNT => 200000))")
        same(cursor.fetch_arrow_table().num_rows, 200000)
        cursor.execute("SELECT ID, CITY FROM SHOP.PUBLIC.CUSTOMERS WHERE ID < 0")
        same(cursor.fetch_arrow_table().num_rows, 0)


@step("CREATE TABLE, INSERT")
def _():
    with connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE TABLE SHOP.SCRATCH.ADBC_T (N INT, T VARCHAR)")
        cursor.execute("INSERT INTO SHOP.SCRATCH.ADBC_T VALUES (1, 'a')")


@step("adbc_get_objects")
def _():
    connection.adbc_get_objects(depth="tables", catalog_filter="SHOP").read_all()


done(f"adbc-driver-snowflake {version('adbc-driver-snowflake')}")
