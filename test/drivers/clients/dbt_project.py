"""dbt: dbt_project.py PORT TOKEN"""

import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version

from steps import done, port, same, step, token

project = tempfile.mkdtemp(prefix="dbt-")


def write(path, text):
    path = os.path.join(project, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


write("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: relay\nmodel-paths: [models]\nseed-paths: [seeds]\nsnapshot-paths: [snapshots]\n")
write(
    "profiles.yml",
    f"""relay:
  target: dev
  outputs:
    dev:
      type: snowflake
      account: sluice
      host: 127.0.0.1
      port: {port}
      protocol: http
      user: ada
      authenticator: oauth
      token: {token}
      database: SHOP
      schema: SCRATCH
      warehouse: EMBEDDED
      threads: 2
""",
)
write("seeds/countries.csv", "code,name,since\nDE,Germany,1990-10-03\nFR,France,1958-10-04\nIT,Italy,1946-06-02\n")
write("models/paid.sql", "{{ config(materialized='view') }}\nselect id, customer_id, order_date, total from shop.public.orders where status = 'paid'\n")
write("models/by_day.sql", "{{ config(materialized='table') }}\nselect order_date, count(*) as orders, sum(total) as revenue from {{ ref('paid') }} group by 1\n")
write(
    "models/events.sql",
    """{{ config(materialized='incremental', unique_key='id') }}
select id, order_date, total, current_timestamp() as loaded_at from {{ ref('paid') }}
{% if is_incremental() %} where order_date >= (select max(order_date) from {{ this }}) {% endif %}
""",
)
write(
    "models/schema.yml",
    """version: 2
models:
  - name: paid
    columns:
      - name: id
        data_tests: [unique, not_null]
  - name: by_day
    columns:
      - name: order_date
        data_tests: [unique]
seeds:
  - name: countries
    columns:
      - name: code
        data_tests:
          - accepted_values:
              arguments: { values: [DE, FR, IT] }
sources: []
""",
)


def dbt(*arguments):
    ran = subprocess.run(
        [os.path.join(os.path.dirname(sys.executable), "dbt"), "--no-use-colors", "--quiet", *arguments, "--project-dir", project, "--profiles-dir", project],
        capture_output=True,
        text=True,
        cwd=project,
        env={**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"},
    )
    assert ran.returncode == 0, (ran.stdout + ran.stderr)[-4000:]


def results():
    with open(os.path.join(project, "target/run_results.json")) as file:
        return {one["unique_id"].split(".")[2]: one for one in json.load(file)["results"]}


@step("debug")
def _():
    dbt("debug")


@step("seed")
def _():
    dbt("seed")
    dbt("seed")
    same(results()["countries"]["status"], "success")


@step("run: view, table")
def _():
    dbt("run", "--select", "paid", "by_day")
    dbt("run", "--select", "paid", "by_day")


@step("run: incremental, twice")
def _():
    dbt("run", "--select", "events")
    dbt("run", "--select", "events")
    same(results()["events"]["status"], "success")


@step("test")
def _():
    dbt("test")
    same({one["status"] for one in results().values()}, {"pass"})


@step("docs generate")
def _():
    dbt("docs", "generate", "--debug") if os.environ.get("DBG") else dbt("docs", "generate")
    with open(os.path.join(project, "target/catalog.json")) as file:
        catalog = json.load(file)
    same(catalog["errors"], None)
    same(sorted(catalog["nodes"]["model.shop.by_day"]["columns"]), ["ORDERS", "ORDER_DATE", "REVENUE"])


done(f"dbt-snowflake {version('dbt-snowflake')}, dbt-core {version('dbt-core')}")
