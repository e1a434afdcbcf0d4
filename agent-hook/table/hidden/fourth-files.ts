/** The workspace that the fourth batch is run in. */
export const FILES: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    name: 'shop',
    scripts: {
      'db:pull': 'node --import tsx ./tools/pull.ts',
      nightly: 'run-s db:pull report',
      report: 'node tools/report.cjs',
      dev: 'vite --port 5173',
      lint: 'eslint . && sqlfluff lint --dialect snowflake models',
    },
    dependencies: { 'snowflake-sdk': '^2.1.0' },
  }),
  'tools/pull.ts':
    "import * as sf from 'snowflake-sdk';\nconst pool = sf.createPool({ account: process.env.ACC!, username: process.env.U! }, { max: 2 });\nawait pool.use(async (c) => c.execute({ sqlText: 'select 1' }));\n",
  'tools/report.cjs':
    "const fs = require('node:fs');\nfs.writeFileSync('report.md', '# Snowflake costs\\n' + fs.readFileSync('costs.csv', 'utf8'));\n",
  'tools/relayed.mjs':
    "import snowflake from 'snowflake-sdk';\nconst c = snowflake.createConnection({ accessUrl: 'https://relay.example.com', account: 'sluice', username: 'ada', authenticator: 'OAUTH', token: process.env.SLUICE_TOKEN });\nc.connect(() => {});\n",
  'etl/__init__.py': '',
  'etl/cli.py':
    'from .engine import engine\n\ndef main():\n    with engine().connect() as c:\n        print(c.execute("select 1").scalar())\n',
  'etl/engine.py':
    'import os\nfrom sqlalchemy import create_engine\nfrom sqlalchemy.engine import URL\n\ndef engine():\n    return create_engine(URL.create("snowflake", username=os.environ["U"], password=os.environ["P"], host="xy12345"))\n',
  'etl/clean.py':
    'import csv\n# normalises the export of Snowflake\nrows = list(csv.reader(open("a.csv")))\nprint(len(rows))\n',
  'ids.py':
    'import time\n\nclass Snowflake:\n    """Twitter-like ids."""\n    EPOCH = 1288834974657\n    def next(self):\n        return (int(time.time() * 1000) - self.EPOCH) << 22\n\nprint(Snowflake().next())\n',
  'pyproject.toml':
    '[project]\nname = "shop"\ndependencies = ["snowflake-connector-python"]\n\n[project.scripts]\nshop-load = "etl.cli:main"\nshop-clean = "etl.clean:main"\n\n[tool.poe.tasks]\nload = "python -m etl.cli"\ntidy = "ruff check ."\n\n[tool.hatch.envs.default.scripts]\nload = "snow sql -f load.sql"\ntypes = "mypy etl"\n\n[tool.pdm.scripts]\nload = {call = "etl.cli:main"}\n',
  'tox.ini':
    '[tox]\nenvlist = py312\n\n[testenv:load]\ncommands =\n    python -m etl.cli\n\n[testenv:lint]\ncommands = ruff check etl\n',
  'noxfile.py':
    'import nox\n\n@nox.session\ndef load(session):\n    session.run("snowsql", "-f", "load.sql")\n\n@nox.session\ndef lint(session):\n    session.run("ruff", "check", ".")\n',
  'mise.toml':
    '[tools]\npython = "3.12"\n\n[tasks.load]\nrun = "snow sql -f load.sql"\n\n[tasks.fmt]\nrun = "prettier -w ."\n',
  'src/main/java/Export.java':
    'import java.sql.*;\npublic class Export {\n  public static void main(String[] a) throws Exception {\n    Class.forName("net.snowflake.client.jdbc.SnowflakeDriver");\n    DriverManager.getConnection(System.getenv("JDBC_URL"));\n  }\n}\n',
  'Program.cs':
    'using Snowflake.Data.Client;\nusing var c = new SnowflakeDbConnection(Environment.GetEnvironmentVariable("CS"));\nc.Open();\n',
  'Shop.csproj':
    '<Project Sdk="Microsoft.NET.Sdk"><ItemGroup><PackageReference Include="Snowflake.Data" Version="4.0.0"/></ItemGroup></Project>',
  'Cargo.toml': '[package]\nname = "load"\n\n[dependencies]\nsnowflake-api = "0.11"\n',
  'src/main.rs':
    'use snowflake_api::SnowflakeApi;\n#[tokio::main]\nasync fn main() { let api = SnowflakeApi::with_password_auth("xy12345", None, None, None, "u", None, &std::env::var("P").unwrap()).unwrap(); }\n',
  'web/db.php':
    '<?php\n$db = new PDO("snowflake:account=xy12345", getenv("U"), getenv("P"));\nforeach ($db->query("select 1") as $r) print_r($r);\n',
  'docker-compose.yml':
    'services:\n  loader:\n    image: python:3.12\n    volumes: [".:/app"]\n    command: python /app/load.py\n  web:\n    image: nginx\n',
  'load.py':
    'import snowflake.connector as c\nc.connect(connection_name="prod").cursor().execute("select 1")\n',
  'load.sql': 'select * from customers;\n',
  'run.expect': 'spawn snowsql -c prod\nexpect ">"\nsend "select 1;\\r"\n',
  'curl.cfg': 'url = "https://xy12345.snowflakecomputing.com/api/v2/statements"\nrequest = POST\n',
  'urls.txt': 'https://xy12345.snowflakecomputing.com/oauth/token-request\n',
  'docs.txt': 'https://docs.snowflake.com/en/sql-reference\n',
  'nb/eda.ipynb': JSON.stringify({
    cells: [
      { cell_type: 'code', source: ['%load_ext sql\n', '%sql snowflake://u:p@xy12345/db\n'] },
      { cell_type: 'code', source: ['import pandas as pd\n'] },
    ],
  }),
  'nb/plain.ipynb': JSON.stringify({
    cells: [
      { cell_type: 'markdown', source: ['Data was exported from Snowflake with `snowsql`.\n'] },
      { cell_type: 'code', source: ['import pandas as pd\n', 'pd.read_csv("a.csv").describe()\n'] },
    ],
  }),
  'profiles.yml':
    'shop:\n  target: dev\n  outputs:\n    dev:\n      type: snowflake\n      account: xy12345\n      user: svc\n    pg:\n      type: postgres\n      host: localhost\n    relay:\n      type: snowflake\n      account: sluice\n      host: relay.example.com\n',
  'dbt_project.yml': 'name: shop\nprofile: shop\n',
  'tests/test_load.py':
    'import fakesnow, snowflake.connector\n\ndef test_load():\n    with fakesnow.patch():\n        assert snowflake.connector.connect().cursor().execute("select 1").fetchall()\n',
  'README.md': '# Shop\nRun `snowsql -c prod` to look around.\n',
  '.env.example': 'SNOWFLAKE_ACCOUNT=<your account>\nSNOWFLAKE_PASSWORD=changeme\n',
};
