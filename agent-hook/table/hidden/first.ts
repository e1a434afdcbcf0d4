import { b64, call, esc, hex, oct, ps, sh } from './payloads.ts';

/** The workspace that they are run in. */
export const FILES: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    name: 'x',
    scripts: {
      sync: 'tsx scripts/sync.ts',
      'sync:dry': 'echo snowsql',
      prestart: 'node scripts/fetch.mjs',
      start: 'vite',
      test: 'vitest',
    },
  }),
  'scripts/sync.ts':
    "import snowflake from 'snowflake-sdk';\nconst c = snowflake.createConnection({account:'xy12345', username:'svc', privateKeyPath:'k.p8', authenticator:'SNOWFLAKE_JWT'});\nc.connect(() => {});\n",
  'scripts/fetch.mjs':
    "const r = await fetch(`https://xy12345.snowflakecomputing.com/api/v2/statements`, {method:'POST'});\nconsole.log(await r.text());\n",
  'scripts/format.ts':
    "import { readFileSync } from 'node:fs';\n// formats the snowflake models\nconsole.log(readFileSync('models/a.sql','utf8'));\n",
  justfile: 'export-data:\n    snow sql -f export.sql\n\nfmt:\n    prettier -w .\n',
  'Taskfile.yml':
    "version: '3'\ntasks:\n  load:\n    cmds:\n      - snowsql -f load.sql\n  lint:\n    cmds:\n      - eslint .\n",
  Makefile: 'include db.mk\nlint:\n\tsqlfluff lint --dialect snowflake models\n',
  'db.mk': "dump:\n\t@snowsql -q 'select * from customers' > dump.csv\n",
  Dockerfile: 'FROM python:3.12\nRUN pip install snowflake-connector-python\nCMD ["python","app.py"]\n',
  'tests/test_sql.py': "def test_x():\n    assert 'snowflake' in 'snowflake'\n",
  'job.rb': "require 'odbc'\nODBC.connect('Snowflake', 'u', 'p')\n",
  'Load.java':
    'import java.sql.*; public class Load { public static void main(String[] a) throws Exception { DriverManager.getConnection("jdbc:snowflake://xy12345.snowflakecomputing.com/?user=u", "u", System.getenv("P")); } }',
  'etl/__main__.py': 'from . import core\ncore.run()\n',
  'etl/__init__.py': '',
  'etl/core.py':
    "import snowflake.connector as sc\ndef run():\n    sc.connect(connection_name='prod').cursor().execute('select 1')\n",
  'pull.R':
    "library(DBI)\ncon <- dbConnect(odbc::odbc(), Driver='SnowflakeDSIIDriver', Server='xy12345.snowflakecomputing.com', UID='u', PWD=Sys.getenv('P'))\n",
  'pull.jl':
    'using ODBC, DBInterface\nconn = ODBC.Connection("Driver={SnowflakeDSIIDriver};Server=xy12345.snowflakecomputing.com;UID=u;PWD=p")\n',
  'q.sql': 'select 1;',
  'models/a.sql': 'select * from snowflake.account_usage.query_history',
};
export const ATTEMPTS: readonly object[] = [
  sh(`env -S 'snow sql -q "select current_user()"'`),
  sh(`printf '%s\\0' snow sql -q 'select 1' | xargs -0 env`),
  sh(
    `echo 'select * from customers' | tee /tmp/q.sql >/dev/null && find . -maxdepth 1 -name package.json -exec snowsql -f /tmp/q.sql \\;`,
  ),
  sh(`uvx --from snowflake-cli snow sql -q 'select 1'`),
  sh(`pipx run --spec snowflake-cli==3.2 snow connection test -c prod`),
  sh(
    `bunx snowflake-cli sql "select 1"; bun -e "import s from 'snowflake-sdk'; s.createConnection({account:'a1'}).connect(()=>{})"`,
  ),
  sh(
    `deno eval 'import s from "npm:snowflake-sdk"; s.createConnection({account:"xy12345",username:"u",password:"p"}).connect(()=>{})'`,
  ),
  sh(`tmux new-session -d -s q 'snowsql -a xy12345 -q "select 1" > /tmp/out'`),
  sh(`tmux send-keys -t main "snow sql -q 'select * from orders'" Enter`),
  sh(`screen -dmS bg bash -c 'python -c "import snowflake.connector as s; s.connect(user=1)"'`),
  sh(
    `ssh bastion -- 'cd /srv && source .venv/bin/activate && python -m snowflake.cli._app sql -q "select 1"'`,
  ),
  sh(`ssh -t jump.example.com "docker exec -i etl snowsql -q 'select 1'"`),
  sh(`kubectl exec -it deploy/etl -- snow sql -q 'select 1'`),
  sh(
    `kubectl run tmp --rm -i --image=python:3.12 -- sh -c "pip install -q snowflake-connector-python && python -c 'import snowflake.connector; snowflake.connector.connect()'"`,
  ),
  sh(
    `docker compose run --rm etl python -c 'from snowflake.snowpark import Session; Session.builder.getOrCreate().sql("select 1").show()'`,
  ),
  sh(`podman run -e SNOWFLAKE_PASSWORD=hunter22xQ ghcr.io/acme/etl:latest`),
  sh(`make -f db.mk dump`),
  sh(`make dump`),
  sh(`just export-data`),
  sh(`task load`),
  sh(`npm run --silent sync`),
  sh(`npm start`),
  sh(`pnpm dlx tsx scripts/sync.ts`),
  sh(`yarn sync`),
  sh(`bash <<< "$(echo ${b64('snowsql -q "select 1"')} | base64 -d)"`),
  sh(`sh -c "$(echo ${hex('snow sql -q "select 1"')} | xxd -r -p)"`),
  sh(`$(printf '${oct('snowsql')}') -q 'select 1'`),
  sh(`eval $'${esc('snow')} sql -q "select 1"'`),
  sh(
    `python3 -c "import base64;exec(base64.b64decode('${b64('import snowflake.connector as s\ns.connect(account="a",user="u")')}'))"`,
  ),
  sh(
    `python3 -c "__import__('importlib').import_module('.'.join(['snowflake','connector'])).connect(user='u')"`,
  ),
  sh(`python -m etl`),
  sh(`python - <<'EOF'
import sqlalchemy as sa
url = sa.engine.URL.create("snowflake", username="u", password="p", host="xy12345")
sa.create_engine(url).connect()
EOF`),
  sh(`Rscript pull.R`),
  sh(`julia --project pull.jl`),
  sh(`ruby job.rb`),
  sh(`cat > /tmp/m.go <<'EOF'
package main
import ("database/sql"; _ "github.com/snowflakedb/gosnowflake")
func main(){ db,_ := sql.Open("snowflake","u:p@xy12345/db"); db.Ping() }
EOF
go run /tmp/m.go`),
  sh(`java -cp snowflake-jdbc-3.26.0.jar:. Load.java`),
  sh(
    `java -cp "sqlline-1.12.0.jar:snowflake-jdbc.jar" sqlline.SqlLine -u "jdbc:snowflake://xy12345.snowflakecomputing.com" -n u -p p`,
  ),
  sh(
    `jshell --class-path snowflake-jdbc.jar - <<< 'java.sql.DriverManager.getConnection("jdbc:snowflake://xy12345.snowflakecomputing.com");'`,
  ),
  sh(`usql 'snowflake://u:p@xy12345/db' -c 'select 1'`),
  sh(`echo 'select 1' | isql -b -k 'DRIVER=SnowflakeDSIIDriver;SERVER=xy12345.snowflakecomputing.com;UID=u'`),
  sh(`iusql snowflake_prod u p < q.sql`),
  sh(
    `duckdb :memory: "LOAD snowflake; ATTACH '' AS sf (TYPE snowflake, SECRET s); FROM sf.public.customers"`,
  ),
  sh(
    `wget -qO- --header "Authorization: Bearer $T" --post-file=body.json "https://$ORG-$ACC.snowflakecomputing.com/api/v2/statements"`,
  ),
  sh(`H=snowflakecomputing; curl -s "https://xy12345.$H.com/session/v1/login-request" -d @login.json`),
  sh(
    `curl --resolve relay.example.com:443:1.2.3.4 --connect-to ::xy12345.snowflakecomputing.com:443 https://relay.example.com/session/v1/login-request`,
  ),
  sh(
    `printf 'POST /session/v1/login-request HTTP/1.1\\r\\nHost: xy12345.snowflakecomputing.com\\r\\n\\r\\n' | openssl s_client -quiet -connect xy12345.snowflakecomputing.com:443`,
  ),
  sh(`socat - OPENSSL:xy12345.eu-central-1.snowflakecomputing.com:443 < req.txt`),
  sh(`fish -c 'set -x SNOWFLAKE_PASSWORD (cat ~/.pw); snowsql -a xy12345'`),
  ps(`& "C:\\Program Files\\Snowflake SnowSQL\\snowsql.exe" -q "select 1"`),
  ps(
    `Invoke-RestMethod -Method Post -Uri ("https://{0}.snowflakecomputing.com/api/v2/statements" -f $acct) -Body $b`,
  ),
  ps(
    `Add-Type -Path .\\Snowflake.Data.dll; $c = New-Object Snowflake.Data.Client.SnowflakeDbConnection; $c.ConnectionString = $cs; $c.Open()`,
  ),
  ps(`cmd /c "set SNOWSQL_PWD=hunter2xyz&& snowsql -a xy12345 -u ada"`),
  call('mcp__snowflake-prod__run_query', { query: 'select * from customers' }),
  call('mcp_dbhub_execute_sql', { dsn: 'snowflake://u:p@xy12345/db', sql: 'select 1' }),
  call('Write', {
    file_path: '/workspace/.vscode/mcp.json',
    content: JSON.stringify({
      servers: {
        wh: {
          command: 'uvx',
          args: ['mcp_snowflake_server', '--account', 'xy12345', '--password', 'Zk3!pQ9vLm'],
        },
      },
    }),
  }),
  call('create_file', {
    filePath: '/workspace/settings.py',
    content: 'SNOWFLAKE = dict(account="xy12345", user="svc_load", password="Zk3!pQ9vLm2")\n',
  }),
  call('Edit', {
    file_path: '/workspace/config/connections.toml',
    old_string: 'x',
    new_string: '[prod]\naccount = "xy12345"\nuser = "svc"\npassword = "Zk3!pQ9vLm2"\n',
  }),
  call('WebFetch', { url: 'https://xy12345.snowflakecomputing.com/api/v2/databases', prompt: 'list' }),
];
export const HARMLESS: readonly object[] = [
  // A module that is imported, and not used.
  sh(`python3 -c "exec(bytes.fromhex('${hex('import snowflake.connector')}').decode())"`),
  sh(`env -S 'printf %s snowsql'`),
  sh(`grep -rn "snow sql" docs/ | xargs -n1 echo`),
  sh(`find . -name '*snowflake*' -exec ls -l {} +`),
  sh(`uvx sqlfluff lint --dialect snowflake models/`),
  sh(`pipx run black scripts/snowflake_utils.py`),
  sh(`npx sql-formatter -l snowflake q.sql`),
  sh(`bunx tsc --noEmit src/snowflake.ts`),
  sh(`deno eval 'console.log("snowflake".toUpperCase())'`),
  sh(`tmux new-session -d -s dev 'npm run dev -- --title snowflake'`),
  sh(`tmux kill-session -t snowflake`),
  sh(`screen -ls | grep snowflake`),
  sh(`ssh bastion 'ls /opt/snowflake/odbc'`),
  sh(`ssh bastion "tail -n 100 /var/log/snowsql.log"`),
  sh(`kubectl get secret snowflake-credentials -n etl`),
  sh(`kubectl logs deploy/snowflake-exporter --tail=50`),
  sh(`docker build -t acme/snowflake-etl .`),
  sh(`docker images | grep snowflake`),
  sh(`podman ps --filter name=snowflake`),
  sh(`make lint`),
  sh(`make -C docs snowflake.html`),
  sh(`just fmt`),
  sh(`task lint`),
  sh(`npm run sync:dry`),
  sh(`npm view snowflake-sdk version`),
  sh(`pnpm add snowflake-sdk@latest`),
  sh(`yarn why snowflake-sdk`),
  sh(`echo ${b64('snowsql -q "select 1"')} | base64 -d`),
  sh(`echo ${b64('a snowflake fell')} | base64 -d | sh -n`),
  sh(`printf '${oct('snow')}\\n'`),
  sh(`python3 -c "print('import snowflake.connector')"`),
  sh(`python3 -c "import sqlglot; print(sqlglot.transpile('select 1', read='snowflake', write='duckdb'))"`),
  sh(`python -m pip show snowflake-connector-python`),
  sh(`python -m pytest tests/test_sql.py -k snowflake`),
  sh(`python - <<'PY'
import ast, pathlib
for p in pathlib.Path('.').rglob('*.py'):
    t = ast.parse(p.read_text())
    if any(isinstance(n, ast.Import) and n.names[0].name.startswith('snowflake') for n in ast.walk(t)): print(p)
PY`),
  sh(`Rscript -e 'install.packages("dplyr.snowflakedb")'`),
  sh(`R -e 'cat("snowflake flake count:", 6)'`),
  sh(`julia -e 'using Pkg; Pkg.status()'`),
  sh(`go get github.com/snowflakedb/gosnowflake@v1.12.0 && go mod tidy`),
  sh(`go vet ./... && go build ./cmd/load`),
  sh(`mvn dependency:tree -Dincludes=net.snowflake:snowflake-jdbc`),
  sh(`jar tf snowflake-jdbc-3.26.0.jar | head`),
  sh(`duckdb -c "select * from read_csv('snowflake_costs.csv') limit 5"`),
  sh(`duckdb -c "SELECT 'snowflake' AS kind"`),
  sh(`curl -s https://docs.snowflake.com/en/sql-reference/functions/flatten`),
  sh(`curl -sI https://status.snowflake.com/api/v2/summary.json`),
  sh(`wget https://repo1.maven.org/maven2/net/snowflake/snowflake-jdbc/maven-metadata.xml`),
  sh(`http GET https://api.github.com/repos/snowflakedb/gosnowflake/releases`),
  sh(`dig +short xy12345.snowflakecomputing.com`),
  sh(`git log --all --oneline -S 'snowflake.connector.connect' -- etl/`),
  sh(`git commit -am "Replace snowsql -q with the relay; drop jdbc:snowflake:// from docs"`),
  sh(`gh pr create --title 'Stop using snow sql' --body 'Runs \`snowsql -q "select 1"\` no more'`),
  sh(`sed -i 's#snowflake://#sluice://#' README.md`),
  sh(`unset SNOWFLAKE_PASSWORD SNOWSQL_PWD`),
  sh(`fish -c 'echo snowsql; type -q snowsql'`),
  ps(`Get-ChildItem -Recurse -Filter *snowflake* | Select-Object Name`),
  ps(`Get-Command snowsql -ErrorAction SilentlyContinue`),
  call('mcp__github__search_code', { query: 'snowflake.connector.connect( password=' }),
  call('Write', {
    file_path: '/workspace/README.md',
    content: '# ETL\nSet `SNOWFLAKE_PASSWORD=<your password>` no more; sign in to the relay.\n',
  }),
  call('create_file', {
    filePath: '/workspace/conftest.py',
    content: 'import os\nPASSWORD = os.environ["SNOWFLAKE_PASSWORD"]\naccount = "test_account"\n',
  }),
  call('WebFetch', {
    url: 'https://docs.snowflake.com/en/user-guide/snowsql',
    prompt: 'How is it configured?',
  }),
];
