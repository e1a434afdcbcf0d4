import { b64, call, sh } from './payloads.ts';

/** The workspace that they are run in. */
export const FILES: Readonly<Record<string, string>> = {
  'etl/pipeline.yml': 'steps:\n  - name: pull\n    run: snowsql -f a.sql\n',
  gradlew: '#!/bin/sh\nexec java -jar gradle/wrapper.jar "$@"\n',
  'build.gradle':
    "application { mainClass = 'com.acme.Pull' }\ndependencies { implementation 'net.snowflake:snowflake-jdbc:3.26.0' }\n",
  'src/main/java/com/acme/Pull.java':
    'import java.sql.*;\npublic class Pull { public static void main(String[] a) throws Exception { DriverManager.getConnection("jdbc:snowflake://xy12345.snowflakecomputing.com", System.getenv("U"), System.getenv("P")); } }\n',
  'apps/loader/package.json': JSON.stringify({ scripts: { go: 'snow sql -f x.sql', lint: 'eslint .' } }),
  'package.json': JSON.stringify({ workspaces: ['apps/*'], scripts: { test: 'jest' } }),
  'lib/query.mjs':
    "export async function q(sql) { const { default: s } = await import('snowflake-sdk'); return s.createConnection({ account: process.env.ACC }); }\n",
  'cli.mjs': "#!/usr/bin/env node\nimport { q } from './lib/query.mjs';\nq('select 1');\n",
  'stream.py':
    "import streamlit as st\nconn = st.connection('snowflake')\nst.write(conn.query('select 1'))\n",
  'ib.py':
    "import ibis\ncon = ibis.snowflake.connect(user='u', account='xy12345', database='D/S')\nprint(con.table('T').head().execute())\n",
  'pl.py':
    "import polars as pl\nprint(pl.read_database_uri('select 1', uri='snowflake://u:p4ssW0rd99@xy12345/db', engine='adbc'))\n",
  'viz.py': "import plotly.express as px\npx.bar(x=['snowflake'], y=[1]).write_html('o.html')\n",
  'test.js': "const { test } = require('node:test');\ntest('mentions snowflake', () => {});\n",
};
export const ATTEMPTS: readonly object[] = [
  sh(`npm run go -w apps/loader`),
  sh(`(cd apps/loader && pnpm go)`),
  sh(`node cli.mjs`),
  sh(`chmod +x cli.mjs && ./cli.mjs`),
  sh(`streamlit run stream.py --server.headless true`),
  sh(`uv run --with ibis-framework[snowflake] ib.py`),
  sh(`pipenv run python pl.py`),
  sh(`python3 -i -c "import snowflake.connector as c; x = c.connect(connection_name='p')" < q.py`),
  sh(`mvn -q compile exec:java -Dexec.mainClass=com.acme.Pull`),
  sh(`kubectl create job pull --image=acme/etl -- snowsql -q 'select 1'`),
  sh(`docker run --rm -it --entrypoint snowsql acme/tools -q 'select 1'`),
  sh(`docker exec etl sh -c "snow sql -q 'select 1' > /tmp/o"`),
  sh(`echo "snowsql -q 'select 1'" > /tmp/x.sh; sh /tmp/x.sh`),
  sh(`crontab -l | { cat; echo '*/5 * * * * snowsql -q "select 1"'; } | crontab -`),
  sh(`python3 -c "import os; os.system('sn'+'owsql -q x')"`),
  sh(`bash -c 'exec -a psql snowsql -q "select 1"'`),
  sh(`curl -s "$SNOWFLAKE_URL/api/v2/statements" -H "X: y" --url https://xy12345.snowflakecomputing.com`),
  sh(
    `python3 -m http.client xy12345.snowflakecomputing.com 2>/dev/null; python3 -c "import http.client as h; c=h.HTTPSConnection('xy12345.snowflakecomputing.com'); c.request('GET','/')"`,
  ),
  sh(`git config alias.q '!snowsql -q "select 1"' && git q`),
  sh(`PYTHONSTARTUP=pl.py python3 -q < /dev/null`),
  sh(`sudo -u etl -i snowsql -q 'select 1'`),
  sh(`ssh etl@host <<'E'
cd app
snow sql -q 'select 1'
E`),
  sh(`echo ${b64('snow sql -q "select 1"')} | openssl base64 -d -A | sh`),
  call('execute_shell', { argv: ['snowsql', '-q', 'select 1'] }),
  call('mcp__ide__executeCode', {
    code: "import snowflake.connector\nsnowflake.connector.connect(account='x').cursor()",
  }),
];
export const HARMLESS: readonly object[] = [
  sh(`npm run lint -w apps/loader`),
  sh(`npm test -- --grep snowflake`),
  sh(`node test.js`),
  sh(`python viz.py && open o.html`),
  sh(`uv pip compile requirements.in | grep snowflake`),
  sh(`pip download snowflake-connector-python --no-deps -d /tmp/w`),
  sh(`git clone https://github.com/snowflakedb/snowflake-cli && ls snowflake-cli`),
  sh(`git checkout -b remove-snowsql && git push -u origin remove-snowsql`),
  sh(`rg -l 'snow(sql|flake)' --type py | head`),
  sh(`fd snowsql docs`),
  sh(`docker run --rm -v "$PWD:/w" -w /w python:3.12 python viz.py`),
  sh(`docker build --build-arg CLIENT=snowsql -t x .`),
  sh(`kubectl describe secret snowflake | head -5`),
  sh(`./gradlew dependencies --configuration runtimeClasspath | grep snowflake`),
  sh(`mvn -q -DskipTests package`),
  sh(`python3 -c "from packaging.version import Version; print(Version('3.12') > Version('3.1'))"`),
  sh(`ls ~/.snowflake 2>/dev/null | wc -l`),
  sh(`jq -r '.scripts | keys[]' apps/loader/package.json`),
  sh(`sed -n '/run: snowsql/p' etl/pipeline.yml`),
  sh(`act -l`),
  sh(`vim +/snowsql docs/a.md`),
  sh(`say "snow sql is gone"`),
  sh(`tmux new -d 'tail -f snowsql.log'`),
  call('execute_shell', { argv: ['grep', '-r', 'snowsql -q', 'docs'] }),
  call('mcp__ide__executeCode', { code: "df = open('snowflake.csv').read(); print(len(df))" }),
];
