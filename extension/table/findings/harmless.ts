import { type Case, KEY, of, SECRET, TOKEN } from './case.ts';

const none = (name: string, path: string, text: string): Case => of(name, path, '', text);

/** What only looks like a credential or a way past the relay. */
export const HARMLESS: readonly Case[] = [
  none('no values', '.env', 'SNOWFLAKE_ACCOUNT=\nSNOWFLAKE_USER=\nSNOWFLAKE_PASSWORD=\n'),
  none('no values, then another', '.env', 'SNOWFLAKE_PASSWORD=\nPORT=8080\n'),
  none('stand-ins', '.env.example', 'SNOWFLAKE_ACCOUNT=your-account\nSNOWFLAKE_PASSWORD=your-password\n'),
  none('stand-ins in brackets', '.env', 'SNOWFLAKE_ACCOUNT=<account>\nSNOWFLAKE_PASSWORD=<password>\n'),
  none('changeme', '.env.sample', 'SNOWFLAKE_PASSWORD=changeme\n'),
  none('stars', '.env.example', 'SNOWFLAKE_PASSWORD=********\n'),
  none('XXX', '.env', 'SNOWFLAKE_PASSWORD=XXXXXXXX\nSNOWFLAKE_ACCOUNT=xy12345.us-east-1\n'),
  none('another variable', '.env', 'SNOWFLAKE_PASSWORD=$DB_PASSWORD\nSNOWFLAKE_TOKEN=${TOKEN}\n'),
  none('1Password', '.env', 'SNOWFLAKE_PASSWORD=op://vault/snowflake/password\n'),
  none('a command', '.envrc', 'export SNOWFLAKE_PASSWORD="$(pass show snowflake)"\n'),
  none(
    'the relay',
    '.env',
    `SNOWFLAKE_ACCOUNT=sluice\nSNOWFLAKE_HOST=sluice.example.com\nSNOWFLAKE_AUTHENTICATOR=oauth\n`,
  ),
  none(
    'the relay on this machine',
    '.env',
    `SNOWFLAKE_ACCOUNT=sluice\nSNOWFLAKE_HOST=127.0.0.1\nSNOWFLAKE_PORT=8765\n`,
  ),
  none('the relay, with a token', '.env', `SNOWFLAKE_HOST=localhost\nSNOWFLAKE_TOKEN=${TOKEN}\n`),
  none(
    "somebody else's password",
    '.env',
    `POSTGRES_PASSWORD=${SECRET}\nREDIS_URL=redis://:${SECRET}@localhost:6379\n`,
  ),
  none('Salesforce', '.env', `SF_USERNAME=ada@acme.com\nSF_PASSWORD=${SECRET}\nSF_SECURITY_TOKEN=${TOKEN}\n`),
  none('ServiceNow', '.env', `SNOW_INSTANCE=acme.service-now.com\nSNOW_USER=ada\nSNOW_PASSWORD=${SECRET}\n`),
  none("Twitter's snowflake ids", '.env', 'SNOWFLAKE_EPOCH=1288834974657\nSNOWFLAKE_NODE_ID=7\n'),
  none('names only', '.env', 'SNOWFLAKE_ROLE=ANALYST\nSNOWFLAKE_WAREHOUSE=WH\nSNOWFLAKE_DATABASE=SHOP\n'),
  none(
    "the name of a secret's place",
    '.env',
    'SNOWFLAKE_PASSWORD_SECRET_NAME=prod/snowflake\nSNOWFLAKE_PASSWORD_FILE=/run/secrets/snowflake\n',
  ),
  none('other names with PASSWORD within', '.env', 'SNOWFLAKE_PASSWORD_ROTATION_DAYS=30\n'),
  none(
    'a comment that explains',
    '.env',
    '# SNOWFLAKE_PASSWORD=your password, from the vault\nSNOWFLAKE_ACCOUNT=\n',
  ),
  none('an empty quote', '.env', 'SNOWFLAKE_PASSWORD=""\nSNOWFLAKE_ACCOUNT=""\n'),
  none(
    'an emulator',
    '.env',
    `SNOWFLAKE_ACCOUNT=test\nSNOWFLAKE_HOST=snowflake.localhost.localstack.cloud\nSNOWFLAKE_PASSWORD=test\n`,
  ),
  none('a test', '.env.test', 'SNOWFLAKE_ACCOUNT=test_account\nSNOWFLAKE_PASSWORD=test_password\n'),
  none(
    'a Dockerfile',
    'Dockerfile',
    'FROM python:3.13\nARG SNOWFLAKE_PASSWORD\nENV SNOWFLAKE_ACCOUNT=$SNOWFLAKE_ACCOUNT\n',
  ),
  none(
    'a shell script',
    'load.sh',
    'export SNOWFLAKE_PASSWORD="$1"\n: "${SNOWFLAKE_ACCOUNT:?is not set}"\nsnowsql -q "select 1"\n',
  ),
  none(
    'a shell script that reads it',
    'load.sh',
    'SNOWFLAKE_PASSWORD=$(aws secretsmanager get-secret-value --secret-id snowflake)\n',
  ),
  none('a search', 'check.sh', 'grep -r "SNOWFLAKE_PASSWORD=" . && exit 1\n'),
  none(
    'connections.toml, the relay',
    '.snowflake/connections.toml',
    '[default]\naccount = "sluice"\nhost = "sluice.example.com"\nport = 443\nauthenticator = "oauth"\n',
  ),
  none(
    'connections.toml, stand-ins',
    'examples/connections.toml',
    '[default]\naccount = "<account>"\nuser = "<user>"\npassword = "<password>"\n',
  ),
  none(
    'connections.toml, commented',
    '.snowflake/connections.toml',
    '# [default]\n# account = "myaccount"\n# password = "mypassword"\n',
  ),
  none(
    'snow project',
    'snowflake.yml',
    'definition_version: 2\nentities:\n  app:\n    type: application\n    identifier: shop\n',
  ),
  none(
    'pyproject',
    'pyproject.toml',
    '[project]\nname = "loader"\ndependencies = ["snowflake-connector-python>=4"]\n\n[tool.x]\naccount = "billing"\n',
  ),
  none(
    'SnowSQL, commented',
    '.snowsql/config',
    '[connections]\n#accountname = defaultaccount\n#password = defaultpassword\n\n[options]\nlog_level = DEBUG\n',
  ),
  none(
    'dbt, variables',
    'profiles.yml',
    `shop:\n  outputs:\n    dev:\n      type: snowflake\n      account: "{{ env_var('SNOWFLAKE_ACCOUNT') }}"\n      password: "{{ env_var('SNOWFLAKE_PASSWORD') }}"\n`,
  ),
  none(
    'dbt, the relay',
    'profiles.yml',
    `shop:\n  outputs:\n    dev:\n      type: snowflake\n      account: sluice\n      host: sluice.example.com\n      port: 443\n      authenticator: oauth\n      token: "{{ env_var('SLUICE_TOKEN') }}"\n`,
  ),
  none(
    'dbt, the relay by account',
    'profiles.yml',
    `shop:\n  outputs:\n    dev:\n      type: snowflake\n      account: acme-prod\n      host: 127.0.0.1\n      port: 8765\n      protocol: http\n`,
  ),
  none(
    'dbt, PostgreSQL',
    'profiles.yml',
    `shop:\n  outputs:\n    dev:\n      type: postgres\n      host: db.acme.com\n      user: ada\n      password: ${SECRET}\n# we moved from snowflake\n`,
  ),
  none(
    'dbt, DuckDB',
    'profiles.yml',
    'shop:\n  outputs:\n    dev:\n      type: duckdb\n      path: dev.duckdb\n',
  ),
  none(
    'dbt, stand-ins',
    'profiles.yml',
    'shop:\n  outputs:\n    dev:\n      type: snowflake\n      account: abc123\n      user: "<user>"\n      password: "<password>"\n',
  ),
  none(
    'dbt, an example',
    'profiles.example.yml',
    'shop:\n  outputs:\n    dev:\n      type: snowflake\n      account: acme-prod\n      password: my-password\n',
  ),
  none(
    'dbt_project.yml',
    'dbt_project.yml',
    'name: shop\nprofile: snowflake\nmodels:\n  shop:\n    +account: main\n',
  ),
  none(
    'a schema',
    'models/schema.yml',
    'models:\n  - name: users\n    columns:\n      - name: password\n        description: never from snowflake\n',
  ),
  none(
    'Compose',
    'docker-compose.yml',
    'services:\n  loader:\n    environment:\n      SNOWFLAKE_ACCOUNT: ${SNOWFLAKE_ACCOUNT}\n      SNOWFLAKE_PASSWORD: ${SNOWFLAKE_PASSWORD:?set it}\n',
  ),
  none(
    'Compose, from outside',
    'docker-compose.yml',
    'services:\n  loader:\n    environment:\n      - SNOWFLAKE_ACCOUNT\n      - SNOWFLAKE_PASSWORD\n',
  ),
  none(
    'Compose, a database of its own',
    'docker-compose.yml',
    `services:\n  db:\n    image: postgres\n    environment:\n      POSTGRES_PASSWORD: ${SECRET}\n  loader:\n    environment:\n      SNOWFLAKE_HOST: relay\n`,
  ),
  none(
    'GitHub Actions',
    '.github/workflows/load.yml',
    'jobs:\n  load:\n    env:\n      SNOWFLAKE_ACCOUNT: ${{ vars.SNOWFLAKE_ACCOUNT }}\n      SNOWFLAKE_PASSWORD: ${{ secrets.SNOWFLAKE_PASSWORD }}\n',
  ),
  none('GitLab', '.gitlab-ci.yml', 'variables:\n  SNOWFLAKE_PASSWORD: $SNOWFLAKE_PASSWORD\n'),
  none(
    'Kubernetes',
    'k8s/job.yaml',
    'env:\n  - name: SNOWFLAKE_PASSWORD\n    valueFrom:\n      secretKeyRef: { name: snowflake, key: password }\n',
  ),
  none(
    'Helm',
    'charts/values.yaml',
    'snowflake:\n  account: ""\n  password: ""\n  existingSecret: snowflake\n',
  ),
  none(
    'Helm, a template',
    'charts/templates/secret.yaml',
    'stringData:\n  SNOWFLAKE_PASSWORD: {{ .Values.snowflake.password | quote }}\n',
  ),
  none(
    'OpenAPI',
    'openapi.yaml',
    'components:\n  schemas:\n    Snowflake:\n      properties:\n        account: { type: string, example: acme-prod }\n        password: { type: string, format: password }\n',
  ),
  none(
    'a JSON schema',
    'schema.json',
    '{ "title": "Snowflake", "properties": { "account": { "type": "string" }, "password": { "type": "string", "description": "the password" } } }',
  ),
  none(
    'package.json',
    'package.json',
    '{ "dependencies": { "snowflake-sdk": "^3.3.0" }, "scripts": { "load": "node load.mjs" } }',
  ),
  none(
    'a lockfile',
    'package-lock.json',
    '{ "packages": { "node_modules/snowflake-sdk": { "resolved": "https://registry.npmjs.org/snowflake-sdk/-/snowflake-sdk-3.3.0.tgz", "integrity": "sha512-kX92jfa01PqLm7Zw" } } }',
  ),
  none(
    'appsettings.json',
    'appsettings.json',
    '{ "ConnectionStrings": { "Shop": "account=;user=;password=;" } }',
  ),
  none(
    'PostgreSQL in .NET',
    'appsettings.json',
    `{ "ConnectionStrings": { "Shop": "Host=db;Username=ada;Password=${SECRET};Database=shop" }, "Warehouse": "snowflake" }`,
  ),
  none(
    'SQL Server',
    'appsettings.json',
    `{ "ConnectionStrings": { "Shop": "Server=db;User Id=ada;Password=${SECRET};" }, "Other": "Snowflake" }`,
  ),
  none(
    'an MCP server that is the relay',
    '.vscode/mcp.json',
    '{ "servers": { "sluice": { "type": "http", "url": "https://sluice.example.com/mcp" } } }',
  ),
  none(
    'an MCP server on this machine',
    '.vscode/mcp.json',
    '{ "servers": { "sluice": { "type": "http", "url": "http://127.0.0.1:8765/mcp" } } }',
  ),
  none(
    'an MCP server of documentation',
    '.mcp.json',
    '{ "mcpServers": { "snowflake-docs": { "command": "npx", "args": ["docs-server", "https://docs.snowflake.com"] } } }',
  ),
  none(
    'other MCP servers',
    '.mcp.json',
    '{ "mcpServers": { "github": { "command": "docker", "args": ["run", "ghcr.io/github/github-mcp-server"] } } }',
  ),
  none('a recommendation', '.vscode/extensions.json', '{ "recommendations": ["snowflake.snowflake-vsc"] }'),
  none(
    'Terraform',
    'main.tf',
    'provider "snowflake" {\n  account_name = var.account\n  user = var.user\n  password = var.password\n}\n',
  ),
  none(
    'Terraform, a variable',
    'variables.tf',
    'variable "snowflake_password" {\n  type = string\n  sensitive = true\n  description = "the password"\n}\n',
  ),
  none(
    'Terraform, PostgreSQL',
    'main.tf',
    `provider "postgresql" {\n  host = "db"\n  password = "${SECRET}"\n}\nprovider "snowflake" {}\n`,
  ),
  none(
    'Python, variables',
    'load.py',
    'import os, snowflake.connector\nsnowflake.connector.connect(account=os.environ["SNOWFLAKE_ACCOUNT"], user=os.environ["SNOWFLAKE_USER"], password=os.environ["SNOWFLAKE_PASSWORD"])\n',
  ),
  none(
    'Python, the relay',
    'load.py',
    'import os, snowflake.connector\nsnowflake.connector.connect(account="sluice", host="sluice.example.com", port=443, protocol="https", authenticator="oauth", token=os.environ["SLUICE_TOKEN"])\n',
  ),
  none(
    'Python, a relay on this machine',
    'load.py',
    'import os, snowflake.connector\nsnowflake.connector.connect(account="sluice", host="127.0.0.1", port=8765, protocol="http", authenticator="oauth", token=os.environ["SLUICE_TOKEN"])\n',
  ),
  none(
    'Python, a named connection',
    'load.py',
    'import snowflake.connector\nsnowflake.connector.connect(connection_name="dev")\n',
  ),
  none(
    'Python, a function that passes on',
    'load.py',
    'import snowflake.connector\ndef connect(account, user, password):\n    return snowflake.connector.connect(account=account, user=user, password=password)\n',
  ),
  none(
    'Python, asked for',
    'load.py',
    'import getpass, snowflake.connector\nsnowflake.connector.connect(account=args.account, password=getpass.getpass("password: "))\n',
  ),
  none(
    'Python, a vault',
    'load.py',
    'import snowflake.connector\nPASSWORD = vault.read("snowflake/password")\nsnowflake.connector.connect(account=ACCOUNT, password=PASSWORD)\n',
  ),
  none(
    'Python, settings of pydantic',
    'settings.py',
    'class Settings(BaseSettings):\n    snowflake_account: str\n    snowflake_password: SecretStr\n    snowflake_role: str = "ANALYST"\n',
  ),
  none(
    'Python, names of variables',
    'load.py',
    'import snowflake.connector\nNEEDED = {"account": "SNOWFLAKE_ACCOUNT", "password": "SNOWFLAKE_PASSWORD"}\n',
  ),
  none(
    'Python, a mock',
    'tests/test_load.py',
    'import snowflake.connector\nsnowflake.connector.connect(account="test_account", user="test_user", password="test_password")\n',
  ),
  none(
    'Python, another mock',
    'tests/test_load.py',
    'import snowflake.connector\nconfig = {"account": "testaccount", "user": "user", "password": "password", "warehouse": "wh"}\n',
  ),
  none(
    'Python, PostgreSQL beside it',
    'sync.py',
    `import psycopg2, snowflake.connector, os\npg = psycopg2.connect(host="db", user="ada", password="${SECRET}")\nsf = snowflake.connector.connect(account=os.environ["A"], password=os.environ["P"])\n`,
  ),
  none(
    'Python, a prompt',
    'load.py',
    'import snowflake.connector\nprint("set SNOWFLAKE_PASSWORD=... and SNOWFLAKE_ACCOUNT=... first")\n',
  ),
  none(
    'Python, an error',
    'load.py',
    'import snowflake.connector\nraise ValueError("account: unknown, password: wrong")\n',
  ),
  none(
    'Python, a docstring',
    'load.py',
    '"""Connects, as in snowflake://user:password@account/db."""\nfrom snowflake.sqlalchemy import URL\n',
  ),
  none(
    'Python, formatted',
    'load.py',
    'from sqlalchemy import create_engine\ncreate_engine(f"snowflake://{user}:{password}@{account}/{db}")\n',
  ),
  none(
    'Python, format()',
    'load.py',
    'create_engine("snowflake://{user}:{password}@{account}/".format(**c))\n',
  ),
  none(
    'Python, tokens of a language model',
    'model.py',
    'import snowflake.connector\ntoken = "the"\nmax_tokens = 20\n',
  ),
  none(
    'Python, a dictionary of columns',
    'etl.py',
    'import snowflake.connector\nCOLUMNS = {"password": "VARCHAR", "account": "NUMBER", "user": "VARCHAR"}\n',
  ),
  none(
    'SQLAlchemy, the relay',
    'load.py',
    'create_engine("snowflake://ada:x@sluice.example.com:443/SHOP?account=sluice&protocol=https")\n',
  ),
  none(
    'SQLAlchemy, PostgreSQL',
    'load.py',
    `# snowflake later\ncreate_engine("postgresql://ada:${SECRET}@db/shop")\n`,
  ),
  none(
    'Node, variables',
    'db.ts',
    "import snowflake from 'snowflake-sdk';\nsnowflake.createConnection({ account: process.env.SNOWFLAKE_ACCOUNT!, username: process.env.USER, password: process.env.SNOWFLAKE_PASSWORD });\n",
  ),
  none(
    'Node, the relay',
    'db.ts',
    "import snowflake from 'snowflake-sdk';\nsnowflake.createConnection({ account: 'sluice', accessUrl: 'https://sluice.example.com', authenticator: 'OAUTH', token: process.env.SLUICE_TOKEN });\n",
  ),
  none(
    'Node, a type',
    'types.ts',
    "import type { Connection } from 'snowflake-sdk';\nexport interface Options {\n  account: string;\n  password: string;\n  authenticator?: 'SNOWFLAKE' | 'OAUTH';\n}\n",
  ),
  none(
    'Node, a form',
    'form.tsx',
    "import { x } from 'snowflake-sdk';\nconst labels = { account: 'Account', password: 'Password', token: 'Token' };\n",
  ),
  none(
    'Node, a template',
    'url.ts',
    'const url = `snowflake://${user}:${password}@${account}/${database}`;\n',
  ),
  none(
    'discord.js',
    'bot.ts',
    `import { SnowflakeUtil } from 'discord.js';\nconst token = '${TOKEN}';\nclient.login(token);\n`,
  ),
  none('an icon', 'weather.tsx', 'const icons = { snow: "snowflake", rain: "drop" };\nconst user = "ada";\n'),
  none(
    'Java',
    'Load.java',
    'Properties p = new Properties();\np.put("user", System.getenv("SNOWFLAKE_USER"));\np.put("password", System.getenv("SNOWFLAKE_PASSWORD"));\nDriverManager.getConnection(url, p); // net.snowflake.client.jdbc\n',
  ),
  none(
    'Java, the relay',
    'Load.java',
    'DriverManager.getConnection("jdbc:snowflake://sluice.example.com:443/?account=sluice&authenticator=oauth", p);\n',
  ),
  none(
    'Java, MySQL',
    'Load.java',
    `import net.snowflake.client.Nothing;\nDriverManager.getConnection("jdbc:mysql://db/shop?user=ada&password=${SECRET}");\n`,
  ),
  none(
    'Go',
    'main.go',
    'package main\n\nimport sf "github.com/snowflakedb/gosnowflake"\n\nvar cfg = &sf.Config{Account: os.Getenv("SNOWFLAKE_ACCOUNT"), User: os.Getenv("USER"), Password: os.Getenv("SNOWFLAKE_PASSWORD")}\n',
  ),
  none(
    'Go, formatted',
    'main.go',
    'package main\n\nimport _ "github.com/snowflakedb/gosnowflake"\n\nvar dsn = fmt.Sprintf("%s:%s@%s/%s", user, password, account, db)\n',
  ),
  none(
    '.NET',
    'Load.cs',
    'using Snowflake.Data.Client;\nvar c = new SnowflakeDbConnection($"account={account};user={user};password={password};");\n',
  ),
  none(
    '.NET, the relay',
    'Load.cs',
    'using Snowflake.Data.Client;\nvar s = "account=sluice;host=sluice.example.com;port=443;authenticator=oauth;token=" + token;\n',
  ),
  none(
    'R',
    'load.R',
    'con <- DBI::dbConnect(odbc::odbc(), driver = "SnowflakeDSIIDriver", server = Sys.getenv("SNOWFLAKE_HOST"), pwd = Sys.getenv("SNOWFLAKE_PASSWORD"))\n',
  ),
  none(
    'a notebook',
    'explore.ipynb',
    JSON.stringify({
      cells: [
        {
          cell_type: 'code',
          source: [
            'import os, snowflake.connector\n',
            'con = snowflake.connector.connect(account=os.environ["A"], password=os.environ["P"])\n',
          ],
        },
      ],
      nbformat: 4,
    }),
  ),
  none(
    'a README',
    'README.md',
    '```sh\nexport SNOWFLAKE_ACCOUNT=myorg-myaccount\nexport SNOWFLAKE_PASSWORD=mypassword\n```\n',
  ),
  none(
    'documentation',
    'docs/connect.md',
    'Connect with `snowflake://user:password@account/db`, or put the password in `SNOWFLAKE_PASSWORD=...`.\n',
  ),
  none(
    'a certificate',
    'certs/ca.pem',
    '-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ\n-----END CERTIFICATE-----\n',
  ),
  none(
    'a public key',
    'keys/rsa_key.pub.pem',
    '-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvfRkqhkiG9w0BAQUFADBa\n-----END PUBLIC KEY-----\n',
  ),
  none("a server's key", 'certs/tls.key', `${KEY}\n`),
  none(
    'a changelog',
    'CHANGELOG.md',
    '- snowflake: password and account are read from SNOWFLAKE_PASSWORD and SNOWFLAKE_ACCOUNT\n',
  ),
  none('SQL', 'users.sql', "CREATE USER ada PASSWORD = '' DEFAULT_ROLE = ANALYST; -- snowflake\n"),
];
