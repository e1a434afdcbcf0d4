"""The `snow` command: snow.py PORT TOKEN"""

import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version

from steps import done, port, same, step, token

home = tempfile.mkdtemp(prefix="snow-")
config = os.path.join(home, "config.toml")
token_file = os.path.join(home, "token")
with open(token_file, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
    file.write(token)
with open(config, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
    file.write(
        f"""[cli.logs]
save_logs = false

[connections.relay]
account = "sluice"
host = "127.0.0.1"
port = {port}
protocol = "http"
authenticator = "oauth"
token_file_path = "{token_file}"
database = "SHOP"
schema = "SCRATCH"
"""
    )


def snow(*arguments):
    command = [os.path.join(os.path.dirname(sys.executable), "snow"), "--config-file", config, *arguments]
    ran = subprocess.run(
        [*command, "-c", "relay", "--format", "json"],
        capture_output=True,
        text=True,
        env={**os.environ, "HOME": home, "SNOWFLAKE_HOME": home, "NO_COLOR": "1"},
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return json.loads(ran.stdout)


@step("connection test")
def _():
    same(snow("connection", "test")["Status"], "OK")


@step("sql -q")
def _():
    same(snow("sql", "-q", "SELECT ID FROM SHOP.PUBLIC.CUSTOMERS ORDER BY ID LIMIT 2"), [{"ID": 1}, {"ID": 2}])


@step("sql -q of several statements")
def _():
    same(snow("sql", "-q", "SELECT 1 AS A; SELECT 2 AS B"), [[{"A": 1}], [{"B": 2}]])


@step("sql -f")
def _():
    script = os.path.join(home, "script.sql")
    with open(script, "w") as file:
        file.write("CREATE OR REPLACE TABLE SHOP.SCRATCH.SNOW_T (N INT);\nINSERT INTO SHOP.SCRATCH.SNOW_T VALUES (1), (2);\nSELECT COUNT(*) AS N FROM SHOP.SCRATCH.SNOW_T;\n")
    same(snow("sql", "-f", script)[-1], [{"N": 2}])


@step("object list table")
def _():
    tables = snow("object", "list", "table", "--in", "schema", "PUBLIC")
    assert "CUSTOMERS" in [table["name"] for table in tables], tables


@step("object list database, schema, view, warehouse")
def _():
    for kind in ("database", "schema", "view", "warehouse"):
        assert isinstance(snow("object", "list", kind), list)


@step("object describe table")
def _():
    columns = snow("object", "describe", "table", "SHOP.PUBLIC.ORDERS")
    assert "TOTAL" in [column["name"] for column in columns]


done(f"snowflake-cli {version('snowflake-cli')}")
