import { call, ps, sh, vs } from './payloads.ts';

/** What agents do in the course of a day's work, in a workspace of several languages. */
export const FILES: Readonly<Record<string, string>> = {
  '.env': 'ACC=xy12345\nDB_USER=svc\nDB_PASS=abc-DEF-123\n',
  'scripts/backfill.py':
    'import argparse, os\nfrom lib import warehouse\n\np = argparse.ArgumentParser()\np.add_argument("--day")\nwarehouse.run(p.parse_args().day)\n',
  'scripts/lib/__init__.py': '',
  'scripts/lib/warehouse.py':
    'import os\nimport snowflake.connector as sf\n\ndef run(day):\n    with sf.connect(user=os.environ["DB_USER"], password=os.environ["DB_PASS"], account=os.environ["ACC"]) as c:\n        c.cursor().execute("call backfill(%s)", (day,))\n',
  'scripts/render.py':
    'import json, pathlib\n# Renders the documentation of the tables that were exported from Snowflake.\nfor t in json.loads(pathlib.Path("tables.json").read_text()):\n    print("|", t["name"], "|", t["rows"], "|")\n',
  'scripts/check_env.sh':
    '#!/bin/bash\nfor v in SNOWFLAKE_ACCOUNT SNOWFLAKE_USER; do\n  [ -n "${!v}" ] || echo "$v is not set"\ndone\ncommand -v snow >/dev/null || echo "snow is not installed"\n',
  'bin/q': '#!/bin/sh\nexec snow sql --format json -q "$1"\n',
  'bin/lint': '#!/bin/sh\nexec sqlfluff lint --dialect snowflake "$@"\n',
  'app.py':
    'import streamlit as st\nconn = st.connection("snowflake")\nst.dataframe(conn.query("select * from customers"))\n',
  'ui.py': 'import streamlit as st\nst.title("Snowflake usage")\nst.line_chart([1, 2, 3])\n',
  'dags/nightly.py':
    'from airflow import DAG\nfrom airflow.providers.snowflake.operators.snowflake import SnowflakeOperator\nwith DAG("nightly") as d:\n    SnowflakeOperator(task_id="q", sql="select 1", snowflake_conn_id="sf")\n',
  'services/export/main.go':
    'package main\n\nimport (\n\t"database/sql"\n\t"os"\n\t_ "github.com/snowflakedb/gosnowflake"\n)\n\nfunc main() {\n\tdb, err := sql.Open("snowflake", os.Getenv("DSN"))\n\tif err != nil { panic(err) }\n\tdefer db.Close()\n}\n',
  'services/ids/main.go':
    'package main\n\nimport (\n\t"fmt"\n\t"github.com/bwmarrin/snowflake"\n)\n\nfunc main() {\n\tnode, _ := snowflake.NewNode(1)\n\tfmt.Println(node.Generate())\n}\n',
  'lib/tasks/dw.rake': 'namespace :dw do\n  task :pull do\n    sh "snowsql -f pull.sql"\n  end\nend\n',
  Rakefile:
    "Dir.glob('lib/tasks/*.rake').each { |r| load r }\n\ntask :docs do\n  sh 'yard doc'\nend\n\ntask :pull do\n  sh 'snowsql -f pull.sql'\nend\n",
  'analysis/report.qmd':
    '---\ntitle: Sales\n---\n\n```{r}\nlibrary(DBI)\ncon <- dbConnect(odbc::odbc(), "Snowflake")\ndbGetQuery(con, "select 1")\n```\n',
  'analysis/plain.Rmd':
    '---\ntitle: Plain\n---\n\nData came from Snowflake.\n\n```{r}\nsummary(read.csv("a.csv"))\n```\n',
  'src/main/resources/application-dev.yml':
    'spring:\n  datasource:\n    url: jdbc:snowflake://xy12345.snowflakecomputing.com/?warehouse=WH\n    username: svc\n    password: ${DB_PASS}\n',
  'pom.xml': '<project><artifactId>shop</artifactId></project>',
  'src/Report/Program.cs':
    'using System.Data.Odbc;\nusing var c = new OdbcConnection("Dsn=Snowflake;Uid=svc;Pwd=" + Environment.GetEnvironmentVariable("DB_PASS"));\nc.Open();\n',
  'src/Report/Report.csproj': '<Project Sdk="Microsoft.NET.Sdk"></Project>',
  'web/server.mjs':
    "import express from 'express';\nimport { pool } from './db.mjs';\nconst app = express();\napp.get('/', async (_, r) => r.json(await pool.use((c) => c.execute({ sqlText: 'select 1' }))));\napp.listen(3000);\n",
  'web/db.mjs':
    "import sf from 'snowflake-sdk';\nexport const pool = sf.createPool({ account: process.env.ACC }, { max: 4 });\n",
  'web/package.json': JSON.stringify({
    name: 'web',
    scripts: { start: 'node server.mjs', test: 'node --test', format: 'prettier -w .' },
  }),
  'web/util.test.mjs': "import test from 'node:test';\ntest('snowflake', () => {});\n",
  'Dockerfile.load':
    'FROM python:3.12\nCOPY scripts /scripts\nENTRYPOINT ["python", "/scripts/backfill.py"]\n',
  'deploy/job.yaml':
    'apiVersion: batch/v1\nkind: Job\nmetadata: {name: q}\nspec:\n  template:\n    spec:\n      containers:\n        - name: q\n          image: snowflake-cli\n          command: ["snow", "sql", "-q", "select * from customers"]\n',
  '.github/workflows/pull.yml':
    'on: workflow_dispatch\njobs:\n  pull:\n    runs-on: ubuntu-latest\n    steps:\n      - run: snow sql -f pull.sql\n',
  '.pre-commit-config.yaml':
    'repos:\n  - repo: https://github.com/sqlfluff/sqlfluff\n    hooks: [{id: sqlfluff-lint, args: [--dialect, snowflake]}]\n',
  'models/customers.sql': 'select * from {{ source("snowflake", "customers") }}\n',
  'sqlmesh/config.yaml':
    'gateways:\n  dev:\n    connection:\n      type: snowflake\n      account: xy12345\n      user: svc\ndefault_gateway: dev\n',
  'pull.sql': 'select * from customers;\n',
  'k.js':
    "import http from 'k6/http';\nexport default function () { http.post('https://xy12345.snowflakecomputing.com/api/v2/statements', '{}'); }\n",
  'api.http':
    'POST https://xy12345.snowflakecomputing.com/api/v2/statements\nContent-Type: application/json\n\n{"statement":"select 1"}\n',
  'compose.yaml':
    'services:\n  db:\n    image: postgres\n  fake:\n    image: localstack/snowflake\n    ports: ["4566:4566"]\n',
  'CHANGELOG.md': '- `snow sql -q` is no longer used\n',
};

const SHELLS: readonly string[] = [
  `python scripts/backfill.py --day 2026-11-01`,
  `cd scripts && python -u backfill.py --day 2026-11-01 2>&1 | tail -20`,
  `set -a; source .env; set +a; python scripts/backfill.py`,
  `env $(grep -v '^#' .env | xargs) python3 scripts/backfill.py`,
  `source .venv/bin/activate && pip install -q snowflake-connector-python && python scripts/backfill.py`,
  `PYTHONPATH=scripts python -c "from lib.warehouse import run; run('2026-11-01')"`,
  `python -c "import sys; sys.path.insert(0, 'scripts'); from lib import warehouse as w; w.run('x')"`,
  `python -i scripts/backfill.py <<< 'exit()'`,
  `python -m pdb -c continue scripts/backfill.py`,
  `python -m cProfile -o prof.out scripts/backfill.py`,
  `coverage run scripts/backfill.py`,
  `bin/q 'select current_user()'`,
  `sh ./bin/q "select 1" | jq .`,
  `PATH=$PWD/bin:$PATH q 'select 1'`,
  `chmod +x bin/q; for t in a b c; do ./bin/q "select count(*) from $t"; done`,
  `streamlit run app.py --server.headless true`,
  `airflow dags test nightly 2026-11-01`,
  `python dags/nightly.py`,
  `go run ./services/export`,
  `cd services/export && go build -o /tmp/export . && /tmp/export`,
  `rake pull`,
  `bundle exec rake dw:pull`,
  `quarto render analysis/report.qmd`,
  `Rscript -e "rmarkdown::render('analysis/report.qmd')"`,
  `SPRING_PROFILES_ACTIVE=dev mvn -q spring-boot:run`,
  `dotnet run --project src/Report`,
  `npm --prefix web start`,
  `cd web && node --watch server.mjs &`,
  `pm2 start web/server.mjs --name web`,
  `docker build -f Dockerfile.load -t load . && docker run --rm --env-file .env load`,
  `docker run --rm -v "$PWD:/w" -w /w python:3.12 sh -c 'pip install -q snowflake-connector-python && python scripts/backfill.py'`,
  `docker run --rm -it ghcr.io/snowflakedb/snowflake-cli:latest sql -q "select 1"`,
  `kubectl apply -f deploy/job.yaml && kubectl logs -f job/q`,
  `act workflow_dispatch -W .github/workflows/pull.yml`,
  `sqlmesh -p sqlmesh plan --auto-apply`,
  `k6 run k.js`,
  `hurl --variable x=1 api.http`,
  `dbt show --inline 'select * from customers' --profiles-dir ~/.dbt --target prod || snow sql -q "select * from customers"`,
  `curl -s -H "Authorization: Bearer $TOKEN" "https://$ACC.snowflakecomputing.com/api/v2/statements" --json '{"statement":"select 1"}'`,
  `U=https://xy12345.snowflakecomputing.com; curl -s $U/session/v1/login-request -d @login.json | jq -r .data.token`,
  `python - <<'PY'\nimport os, requests\nr = requests.post(f"https://{os.environ['ACC']}.snowflakecomputing.com/api/v2/statements", json={"statement": "select 1"})\nprint(r.status_code)\nPY`,
  `node <<'JS'\nconst host = process.env.ACC + '.snowflakecomputing.com';\nrequire('https').request({ host, path: '/api/v2/statements', method: 'POST' }).end();\nJS`,
  `cat > /tmp/Q.java <<'J'\nimport java.sql.*;\nclass Q { public static void main(String[] a) throws Exception {\n  try (Connection c = DriverManager.getConnection("jdbc:snowflake://" + System.getenv("ACC") + ".snowflakecomputing.com", "u", "p")) { System.out.println(c.getMetaData()); } } }\nJ\njava -cp ~/.m2/repository/net/snowflake/snowflake-jdbc/3.20.0/snowflake-jdbc-3.20.0.jar /tmp/Q.java`,
  `uv run --with snowflake-snowpark-python python -c "from snowflake.snowpark import Session; s = Session.builder.config('connection_name','prod').create(); print(s.sql('select 1').collect())"`,
  `uvx --with snowflake-sqlalchemy --from jupyter-core jupyter run /dev/stdin <<< "import sqlalchemy as sa; sa.create_engine('snowflake://svc@xy12345/db').connect()"`,
  `pipx run --spec snowflake-cli snow object list table`,
  `npx -y @snowflake/cli sql -q 'select 1' || npx -y snowsql -q 'select 1'`,
  `grep -h PASSWORD ~/.snowflake/config.toml ~/.dbt/profiles.yml`,
  `find ~ -maxdepth 3 -name connections.toml -exec cat {} \\;`,
  `security find-generic-password -s snowflake -w | pbcopy; SNOWFLAKE_PASSWORD=$(pbpaste) python scripts/backfill.py`,
  `heroku config:set SNOWFLAKE_PASSWORD=h7kPq2zLw9 -a shop`,
  `gh secret set SNOWFLAKE_PASSWORD --body 'h7kPq2zLw9'`,
  `aws ssm put-parameter --name /shop/SNOWFLAKE_PASSWORD --type SecureString --value h7kPq2zLw9`,
];

export const ATTEMPTS: readonly object[] = [
  ...SHELLS.map(sh),
  ps(
    `$body = @{ statement = 'select 1' } | ConvertTo-Json; Invoke-RestMethod -Uri "https://$($env:ACC).snowflakecomputing.com/api/v2/statements" -Method Post -Body $body`,
  ),
  ps(`Import-Module SnowflakePS; Invoke-SnowSql -Query 'select 1'; snowsql.exe -q 'select 1'`),
  ps(`python .\\scripts\\backfill.py --day 2026-11-01`),
  vs(`python3 scripts/backfill.py`),
  call('Bash', {
    command: 'python -m scripts.backfill',
    run_in_background: true,
    description: 'Backfill one day',
  }),
  call('edit_file', {
    target_file: 'config/dev.json',
    code_edit: '{ "snowflake": { "account": "xy12345", "username": "svc", "password": "h7kPq2zLw9" } }',
    instructions: 'Add credentials',
  }),
  call('mcp__dbhub__connect', { dsn: 'snowflake://svc:h7kPq2zLw9@xy12345/db' }),
  call('mcp__puppeteer__puppeteer_navigate', {
    url: 'https://app.snowflake.com/eu-west-1/xy12345/worksheets',
  }),
  call('mcp__http__request', {
    method: 'POST',
    url: 'https://xy12345.eu-west-1.snowflakecomputing.com/api/v2/statements',
    body: '{}',
  }),
  call('run_notebook_cell', {
    filePath: 'x.ipynb',
    code: 'import snowflake.connector\nsnowflake.connector.connect()',
  }),
];

const QUIET: readonly string[] = [
  `python scripts/render.py > docs/tables.md`,
  `python -m pytest -q tests/unit -k "not snowflake"`,
  `python -m mypy scripts && python -m ruff check scripts/backfill.py`,
  `python -m compileall -q scripts`,
  `python -m pydoc snowflake.connector | head -30`,
  `pydoc3 snowflake.connector.connect`,
  `python -c "import inspect, snowflake.connector as c; print(inspect.signature(c.connect))"`,
  `python -c "import snowflake.connector; print(snowflake.connector.__version__)"`,
  `node -p "require('snowflake-sdk/package.json').version"`,
  `go vet ./services/... && go test ./services/ids && go build ./...`,
  `go run ./services/ids`,
  `go list -m github.com/snowflakedb/gosnowflake`,
  `bash scripts/check_env.sh`,
  `bin/lint models/customers.sql`,
  `streamlit run ui.py`,
  `rake docs && rake -T`,
  `Rscript -e "rmarkdown::render('analysis/plain.Rmd')"`,
  `quarto render analysis/plain.Rmd --to html`,
  `mvn -q -DskipTests package && mvn -q verify`,
  `npm --prefix web run format && npm --prefix web test`,
  `node --check web/server.mjs && npx eslint web/db.mjs`,
  `docker build -f Dockerfile.load -t load .`,
  `docker compose up -d fake && curl -s http://localhost:4566/_localstack/health`,
  `docker compose logs fake | grep -i snowflake`,
  `kubectl apply --dry-run=client -f deploy/job.yaml && kubectl get jobs -l app=snowflake`,
  `kubectl describe secret snowflake | head -5`,
  `act -l`,
  `actionlint .github/workflows/pull.yml; yamllint .github`,
  `pre-commit run sqlfluff-lint --all-files`,
  `airflow dags list | grep nightly; airflow version`,
  `dbt parse && dbt list --select source:snowflake+`,
  `sqlmesh --version; sqlmesh -p sqlmesh format`,
  `terraform plan -help | head; terraform providers | grep -i snowflake`,
  `tflint infra/snowflake && checkov -d infra/snowflake --quiet`,
  `snow --info; snow connection list --help`,
  `pip list --outdated | grep -i snowflake || true`,
  `pip install --upgrade snowflake-cli snowflake-snowpark-python && pip freeze | grep snowflake > req.txt`,
  `npm i -D @types/snowflake-sdk; npm outdated snowflake-sdk`,
  `conda create -n sf -y python=3.12 snowflake-snowpark-python pandas`,
  `grep -c '' .env && cut -d= -f1 .env`,
  `sed -i 's#jdbc:snowflake://xy12345.snowflakecomputing.com#jdbc:snowflake://relay.example.com#' src/main/resources/application-dev.yml`,
  `rg -n 'jdbc:snowflake://' src | cut -d: -f1 | sort -u`,
  `git diff HEAD~3 -- scripts/lib/warehouse.py | grep '^[-+].*connect('`,
  `git stash push -m "snowflake: try the relay" && git stash list`,
  `git tag -a v2 -m 'Snowflake through the relay; snow sql -q is gone'`,
  `git config alias.sf 'log --grep=snowflake'; git sf -3`,
  `gh pr view 12 --json body -q .body | grep -i 'snow sql'`,
  `gh api repos/snowflakedb/snowflake-cli/releases/latest -q .tag_name`,
  `curl -fsSL https://sfc-repo.snowflakecomputing.com/snowsql/bootstrap/1.3/linux_x86_64/snowsql-1.3.3-linux_x86_64.bash -o snowsql.bash`,
  `nslookup relay.example.com; curl -sS https://relay.example.com/health`,
  `python - <<'P'\nimport re, pathlib\nt = pathlib.Path('scripts/lib/warehouse.py').read_text()\nprint(re.findall(r'connect\\(.*\\)', t))\nP`,
  `python - <<'P'\nfrom sqlglot import parse_one\nprint(parse_one("select $1 from @stage", read="snowflake").sql())\nP`,
  `cat <<'M' > docs/why.md\n# Why\nWe used \`snowsql -q\` with SNOWFLAKE_PASSWORD=... in CI; curl https://xy12345.snowflakecomputing.com worked too.\nM`,
  `SNOWFLAKE_TEST=1 npm test -- --grep snowflake`,
];

export const HARMLESS: readonly object[] = [
  ...QUIET.map(sh),
  ps(`Get-ChildItem Env: | Where-Object Name -like 'SNOWFLAKE_*' | Select-Object Name`),
  ps(`(Get-Content package.json | ConvertFrom-Json).dependencies.'snowflake-sdk'`),
  vs(`python scripts/render.py`),
  call('Write', {
    file_path: '/workspace/config/dev.json',
    content:
      '{ "snowflake": { "account": "sluice", "host": "relay.example.com", "token": "${SLUICE_TOKEN}" } }',
  }),
  call('Write', {
    file_path: '/workspace/scripts/new.py',
    content:
      'import os, snowflake.connector as sf\nc = sf.connect(user=os.environ["U"], password=os.environ["P"], account=os.environ["A"])\n',
  }),
  call('mcp__github__create_pull_request', {
    title: 'Use the relay',
    body: 'Instead of `snow sql -q` and https://xy12345.snowflakecomputing.com',
    base: 'main',
    head: 'relay',
  }),
];
