"""Snowpark: snowpark.py PORT TOKEN"""

import io
import os
import tempfile
from contextlib import redirect_stdout
from importlib.metadata import version

import pandas
from snowflake.snowpark import Session
from snowflake.snowpark.functions import avg, col, count, lit, sum as sum_, upper, when
from snowflake.snowpark.types import IntegerType, StringType, StructField, StructType
from snowflake.snowpark.window import Window
from snowflake.snowpark.functions import row_number
from steps import done, relay, same, step

session = Session.builder.configs(relay).create()


@step("sql, collect")
def _():
    same(session.sql("SELECT 1 AS ONE").collect()[0].ONE, 1)


@step("table, filter, select, sort, limit")
def _():
    rows = (
        session.table("SHOP.PUBLIC.ORDERS").filter(col("STATUS") == "paid").select("ID", "TOTAL").sort("ID").limit(3).collect()
    )
    same(len(rows), 3)


@step("group_by, agg")
def _():
    rows = session.table("SHOP.PUBLIC.ORDERS").group_by("STATUS").agg(count("*").alias("N"), sum_("TOTAL"), avg("TOTAL")).collect()
    same(len(rows), 4)


@step("join")
def _():
    orders, customers = session.table("SHOP.PUBLIC.ORDERS"), session.table("SHOP.PUBLIC.CUSTOMERS")
    joined = orders.join(customers, orders["CUSTOMER_ID"] == customers["ID"]).select(orders["ID"].alias("O"), customers["CITY"])
    assert joined.count() > 0
    same(len(joined.limit(2).collect()), 2)


@step("with_column, when, window")
def _():
    frame = session.table("SHOP.PUBLIC.ORDERS").with_column("BIG", when(col("TOTAL") > 400, lit("y")).otherwise(lit("n")))
    frame = frame.with_column("RN", row_number().over(Window.partition_by("STATUS").order_by("ID")))
    same(len(frame.filter(col("RN") == 1).collect()), 4)


@step("create_dataframe")
def _():
    frame = session.create_dataframe([[1, "a"], [2, None]], schema=["N", "T"])
    same(frame.with_column("U", upper(col("T"))).collect()[0].U, "A")
    typed = session.create_dataframe(
        [[i, f"r{i}"] for i in range(1000)],
        schema=StructType([StructField("N", IntegerType()), StructField("T", StringType())]),
    )
    same(typed.count(), 1000)


@step("to_pandas")
def _():
    same(len(session.table("SHOP.PUBLIC.ORDERS").select("ID", "TOTAL").limit(10).to_pandas()), 10)


@step("to_local_iterator, first, show")
def _():
    frame = session.table("SHOP.PUBLIC.ORDERS").select("ID").sort("ID")
    same(frame.first().ID, 1)
    same(next(frame.limit(2).to_local_iterator()).ID, 1)
    with redirect_stdout(io.StringIO()) as shown:
        frame.show(2)
    assert "ID" in shown.getvalue()


@step("collect_nowait")
def _():
    job = session.table("SHOP.PUBLIC.ORDERS").limit(5).collect_nowait()
    same(len(job.result()), 5)


@step("cache_result")
def _():
    same(len(session.table("SHOP.PUBLIC.ORDERS").limit(5).cache_result().collect()), 5)


@step("write.save_as_table")
def _():
    frame = session.create_dataframe([[1, "a"], [2, "b"]], schema=["N", "T"])
    frame.write.save_as_table("SHOP.SCRATCH.PARK_T", mode="overwrite")
    frame.write.save_as_table("SHOP.SCRATCH.PARK_T", mode="append")
    same(session.table("SHOP.SCRATCH.PARK_T").count(), 4)


@step("create_or_replace_view")
def _():
    session.table("SHOP.SCRATCH.PARK_T").create_or_replace_view("SHOP.SCRATCH.PARK_V")
    same(session.table("SHOP.SCRATCH.PARK_V").count(), 4)


@step("update, delete, merge")
def _():
    table = session.table("SHOP.SCRATCH.PARK_T")
    same(table.update({"T": lit("z")}, table["N"] == 1).rows_updated, 2)
    same(table.delete(table["N"] == 2).rows_deleted, 2)


@step("describe")
def _():
    same(session.table("SHOP.PUBLIC.ORDERS").select("TOTAL").describe().count(), 5)


@step("write_pandas, create_dataframe of pandas")
def _():
    frame = pandas.DataFrame({"N": [1, 2], "T": ["a", None]})
    session.write_pandas(frame, "PARK_FRAME", auto_create_table=True, overwrite=True)
    same(session.table("SHOP.SCRATCH.PARK_FRAME").count(), 2)
    same(session.create_dataframe(frame).count(), 2)


@step("file.put, read.csv, file.get")
def _():
    home = tempfile.mkdtemp(prefix="park-")
    path = os.path.join(home, "rows.csv")
    with open(path, "w") as file:
        file.write("1,one\n2,two\n")
    session.sql("CREATE OR REPLACE TEMPORARY STAGE PARK_STAGE").collect()
    same(session.file.put(path, "@PARK_STAGE/in", auto_compress=False)[0].status, "UPLOADED")
    schema = StructType([StructField("ID", IntegerType()), StructField("T", StringType())])
    same(len(session.read.schema(schema).csv("@PARK_STAGE/in").collect()), 2)
    same(session.file.get("@PARK_STAGE/in", os.path.join(home, "got"))[0].status, "DOWNLOADED")


done(f"snowflake-snowpark-python {version('snowflake-snowpark-python')}")
