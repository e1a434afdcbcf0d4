import { describe, expect, it } from 'vitest';
import { findIn } from '../find.ts';
import { applied } from './fix.ts';
import { fixFor } from './fix-for.ts';

const relay = { name: 'Shop', url: 'https://sluice.example.com' };
const relays = ['sluice.example.com'];
const SECRET = 'Tr0ub4dor-and-3';

/** What a file is after the fix of its first finding; null where there is none. */
function fixed(path: string, text: string): string | null {
  const [finding] = findIn({ path, text }, { relays });
  if (finding === undefined) throw new Error('nothing is found');
  const fix = fixFor({ path, text }, finding, relay);
  return fix === null ? null : applied(text, fix.edits);
}

const CASES: readonly (readonly [name: string, path: string, text: string, after: string])[] = [
  [
    'an environment file',
    '.env',
    `PORT=1\nexport SNOWFLAKE_ACCOUNT=acme-prod\nexport SNOWFLAKE_USER=ada\nexport SNOWFLAKE_PASSWORD=${SECRET}\n`,
    'PORT=1\nexport SNOWFLAKE_ACCOUNT=sluice\nexport SNOWFLAKE_USER=ada\nexport SNOWFLAKE_HOST=sluice.example.com\nexport SNOWFLAKE_PORT=443\nexport SNOWFLAKE_PROTOCOL=https\nexport SNOWFLAKE_AUTHENTICATOR=oauth\n',
  ],
  [
    'connections.toml',
    '.snowflake/connections.toml',
    `[dev]\naccount = "acme-prod"\nuser = "ada"\npassword = "${SECRET}" # mine\nprivate_key_file = "k.p8"\nwarehouse = "WH"\n`,
    '[dev]\naccount = "sluice"\nuser = "ada"\nhost = "sluice.example.com"\nport = 443\nprotocol = "https"\nauthenticator = "oauth" # mine\nwarehouse = "WH"\n',
  ],
  [
    'a connection without a secret',
    '.snowflake/connections.toml',
    '[dev]\naccount = "acme-prod"\nauthenticator = "externalbrowser"\n',
    '[dev]\naccount = "sluice"\nhost = "sluice.example.com"\nport = 443\nprotocol = "https"\nauthenticator = "oauth"\n',
  ],
  [
    'SnowSQL',
    '.snowsql/config',
    `[connections.dev]\naccountname = acme-prod\nusername = ada\npassword = ${SECRET}\n`,
    '[connections.dev]\naccountname = sluice\nusername = ada\nhost = sluice.example.com\nport = 443\nprotocol = https\nauthenticator = oauth\n',
  ],
  [
    'dbt',
    'profiles.yml',
    `shop:\n  outputs:\n    dev:\n      type: snowflake\n      account: acme-prod\n      user: ada\n      password: ${SECRET}\n      schema: dev\n`,
    `shop:\n  outputs:\n    dev:\n      type: snowflake\n      account: sluice\n      user: ada\n      host: sluice.example.com\n      port: 443\n      protocol: https\n      authenticator: oauth\n      token: "{{ env_var('SLUICE_TOKEN') }}"\n      schema: dev\n`,
  ],
  [
    'Compose, a list',
    'compose.yaml',
    `services:\n  a:\n    environment:\n      - SNOWFLAKE_ACCOUNT=acme-prod\n      - SNOWFLAKE_PASSWORD=${SECRET}\n`,
    'services:\n  a:\n    environment:\n      - SNOWFLAKE_ACCOUNT=sluice\n      - SNOWFLAKE_HOST=sluice.example.com\n      - SNOWFLAKE_PORT=443\n      - SNOWFLAKE_PROTOCOL=https\n      - SNOWFLAKE_AUTHENTICATOR=oauth\n',
  ],
  [
    'CI',
    '.github/workflows/load.yml',
    `jobs:\n  load:\n    env:\n      SNOWFLAKE_ACCOUNT: acme-prod\n      SNOWFLAKE_PASSWORD: ${SECRET}\n`,
    'jobs:\n  load:\n    env:\n      SNOWFLAKE_ACCOUNT: sluice\n      SNOWFLAKE_HOST: sluice.example.com\n      SNOWFLAKE_PORT: "443"\n      SNOWFLAKE_PROTOCOL: https\n      SNOWFLAKE_AUTHENTICATOR: oauth\n',
  ],
  [
    'JSON',
    '.vscode/launch.json',
    `{ "configurations": [{ "env": { "SNOWFLAKE_ACCOUNT": "acme-prod", "SNOWFLAKE_PASSWORD": "${SECRET}" } }] }`,
    '{ "configurations": [{ "env": { "SNOWFLAKE_ACCOUNT": "sluice", "SNOWFLAKE_HOST": "sluice.example.com", "SNOWFLAKE_PORT": "443", "SNOWFLAKE_PROTOCOL": "https", "SNOWFLAKE_AUTHENTICATOR": "oauth" } }] }',
  ],
  [
    'Python',
    'load.py',
    `import snowflake.connector\ncon = snowflake.connector.connect(account="acme-prod", user="ada", password="${SECRET}")\n`,
    'import os\nimport snowflake.connector\ncon = snowflake.connector.connect(account="sluice", user="ada", host="sluice.example.com", port=443, protocol="https", authenticator="oauth", token=os.environ["SLUICE_TOKEN"])\n',
  ],
  [
    'Python over lines',
    'load.py',
    `import os\nimport snowflake.connector as sf\nsf.connect(\n    password='${SECRET}',\n    passcode=code,\n    account=ACCOUNT,\n)\n`,
    'import os\nimport snowflake.connector as sf\nsf.connect(\n    host="sluice.example.com",\n    port=443,\n    protocol="https",\n    authenticator="oauth",\n    token=os.environ["SLUICE_TOKEN"],\n    account="sluice",\n)\n',
  ],
  [
    'SQLAlchemy',
    'load.py',
    `import os\ne = create_engine("snowflake://ada:${SECRET}@acme-prod/SHOP/PUBLIC?warehouse=WH")\n`,
    'import os\ne = create_engine("snowflake://ada@sluice.example.com:443/SHOP/PUBLIC?warehouse=WH&account=sluice&protocol=https&authenticator=oauth&token=" + os.environ["SLUICE_TOKEN"])\n',
  ],
  [
    'SQLAlchemy, formatted',
    'load.py',
    `import os\ne = create_engine(f"snowflake://{user}:${SECRET}@{account}/{db}")\n`,
    `import os\ne = create_engine(f"snowflake://{user}@sluice.example.com:443/{db}?account=sluice&protocol=https&authenticator=oauth&token={os.environ['SLUICE_TOKEN']}")\n`,
  ],
  [
    'Node',
    'db.mjs',
    `import snowflake from 'snowflake-sdk';\nconst c = snowflake.createConnection({\n  account: 'acme-prod',\n  username: 'ada',\n  password: '${SECRET}',\n});\n`,
    "import snowflake from 'snowflake-sdk';\nconst c = snowflake.createConnection({\n  account: 'sluice',\n  username: 'ada',\n  accessUrl: 'https://sluice.example.com',\n  authenticator: 'OAUTH',\n  token: process.env.SLUICE_TOKEN,\n});\n",
  ],
  [
    'Java',
    'Load.java',
    `p.put("user", "ada");\np.put("password", "${SECRET}");\nDriverManager.getConnection("jdbc:snowflake://acme-prod.snowflakecomputing.com/?db=SHOP", p);\n`,
    'p.put("user", "ada");\np.put("password", System.getenv("SLUICE_TOKEN"));\nDriverManager.getConnection("jdbc:snowflake://sluice.example.com:443/?account=sluice&db=SHOP", p);\n',
  ],
  [
    'Go',
    'main.go',
    `package main\n\nimport sf "github.com/snowflakedb/gosnowflake"\n\nvar cfg = &sf.Config{Account: "acme-prod", User: "ada", Password: "${SECRET}"}\n`,
    'package main\n\nimport "os"\nimport sf "github.com/snowflakedb/gosnowflake"\n\nvar cfg = &sf.Config{Account: "sluice", User: "ada", Host: "sluice.example.com", Port: 443, Protocol: "https", Authenticator: sf.AuthTypeOAuth, Token: os.Getenv("SLUICE_TOKEN")}\n',
  ],
  [
    '.NET',
    'Load.cs',
    `using Snowflake.Data.Client;\nvar s = "account=acme-prod;user=ada;password=${SECRET};db=SHOP";\n`,
    'using Snowflake.Data.Client;\nvar s = "account=sluice;host=sluice.example.com;port=443;scheme=https;user=ada;db=SHOP;authenticator=oauth;token=" + Environment.GetEnvironmentVariable("SLUICE_TOKEN");\n',
  ],
  [
    "an editor's MCP server",
    '.vscode/mcp.json',
    '{\n  "servers": {\n    "snow": { "command": "uvx", "args": ["mcp-server-snowflake"] }\n  }\n}\n',
    '{\n  "inputs": [{"id":"sluice-token","type":"promptString","description":"Sluice token","password":true}],\n  "servers": {\n    "snow": {\n      "type": "http",\n      "url": "https://sluice.example.com/mcp",\n      "headers": {\n        "Authorization": "Bearer ${input:sluice-token}"\n      }\n    }\n  }\n}\n',
  ],
];

describe('what points at the relay', () => {
  it.each(CASES)('%s', (_name, path, text, after) => {
    expect(fixed(path, text)).toBe(after);
    expect(findIn({ path, text: after }, { relays }), 'nothing is left to find').toEqual([]);
  });

  it('is nothing where it is not known how a client is told', () => {
    expect(
      fixed('config/values.yaml', `snowflake:\n  account: acme-prod\n  password: ${SECRET}\n`),
    ).toBeNull();
  });
});
