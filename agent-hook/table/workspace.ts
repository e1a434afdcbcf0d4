import type { FileRead, Surroundings } from '@sluice/agent-hook';
import { inflated } from '../src/program/inflated.ts';

/** A workspace with a bit of everything, and a person's own files. */
const FILES: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    name: 'shop-reports',
    scripts: {
      test: 'vitest run',
      lint: 'eslint src',
      build: 'tsc',
      pull: 'snowsql -q "SELECT * FROM customers" -o output_format=csv',
      report: 'node src/report.js',
      local: 'node src/local.js',
    },
    dependencies: { 'snowflake-sdk': '^2.0.0' },
  }),
  Makefile: 'test:\n\tpytest -q\n\nload:\n\tpython load.py --full\n',
  'load.py':
    'import os\nimport snowflake.connector\nconn = snowflake.connector.connect(\n  account=os.environ["SF_ACCOUNT"], user=os.environ["SF_USER"], password=os.environ["SF_PASSWORD"])\nprint(conn.cursor().execute("select 1").fetchall())\n',
  'through_relay.py':
    'import os\nimport snowflake.connector\nconn = snowflake.connector.connect(\n  account="sluice", host="relay.example.com", user="ada", authenticator="oauth", token=os.environ["SLUICE_TOKEN"])\nconn.cursor().execute("select 1")\n',
  'plot.py': 'import matplotlib.pyplot as plt\n# draws a Koch snowflake\nplt.savefig("snowflake.png")\n',
  'uses_db.py': 'from db import query\nprint(query("select 1"))\n',
  'db.py':
    'from snowflake.snowpark import Session\ndef query(q):\n    return Session.builder.getOrCreate().sql(q).collect()\n',
  'src/report.js':
    "const snowflake = require('snowflake-sdk');\nconst c = snowflake.createConnection({ account: process.env.A });\nc.connect(() => {});\n",
  'src/local.js': "import { readFileSync } from 'node:fs';\nconsole.log(readFileSync('a.csv', 'utf8'));\n",
  'cmd/load/main.go':
    'package main\nimport (\n\t"database/sql"\n\t_ "github.com/snowflakedb/gosnowflake"\n)\nfunc main() { db, _ := sql.Open("snowflake", dsn); _ = db }\n',
  'run.sh': '#!/usr/bin/env bash\nset -e\nsnowsql -f report.sql\n',
  'ci.sh': '#!/usr/bin/env bash\nset -e\nnpm test\ngit diff --stat\n',
  '.env': 'SNOWFLAKE_ACCOUNT=xy12345\nSNOWFLAKE_PASSWORD=Tr0ub4dor-and-3\n',
  '.env.example': 'SNOWFLAKE_ACCOUNT=your_account\nSNOWFLAKE_PASSWORD=your_password\n',
  'analysis.ipynb': JSON.stringify({
    cells: [{ source: ['import snowflake.connector\n', 'c = snowflake.connector.connect(user="a")\n'] }],
  }),
  'duck/profiles.yml':
    'shop:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n      path: a.db\n    prod:\n      type: snowflake\n      account: xy12345\n',
  'profiles.yml':
    'shop:\n  target: dev\n  outputs:\n    dev:\n      type: snowflake\n      account: xy12345.eu-central-1\n      password: "{{ env_var(\'DBT_PASSWORD\') }}"\n',
  'relayed/profiles.yml':
    'shop:\n  target: dev\n  outputs:\n    dev:\n      type: snowflake\n      account: sluice\n      host: relay.example.com\n',
};

const REFUSED = new Set(['locked.py']);

export const workspace = workspaceOf(FILES);

/** A workspace of these files, relative to its folder or below `/workspace`. */
export function workspaceOf(files: Readonly<Record<string, string>>): Surroundings {
  return {
    inflated,
    relays: ['relay.example.com', '127.0.0.1', 'localhost'],
    read(path): FileRead {
      const place = path.replace(/^\/workspace\//, '');
      if (REFUSED.has(place)) return { outcome: 'refused' };
      const text = files[place];
      return text === undefined ? { outcome: 'none' } : { outcome: 'text', text };
    },
    connectionHost: (name) =>
      name === 'sluice' ? 'relay.example.com' : name === null ? 'xy12345.snowflakecomputing.com' : null,
  };
}
