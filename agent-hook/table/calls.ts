/** What a harness writes to a hook's standard input, and whether it is an attempt. */
export interface Told {
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

const vscode = (tool_name: string, tool_input: object): Told['payload'] => ({
  timestamp: '2026-11-22T12:00:00.000Z',
  cwd: '/workspace',
  sessionId: 's-1',
  hookEventName: 'PreToolUse',
  tool_name,
  tool_input,
  tool_use_id: 'tool-1',
});
const copilot = (toolName: string, toolArgs: object | string): Told['payload'] => ({
  sessionId: 's-1',
  timestamp: 1_790_000_000_000,
  cwd: '/workspace',
  toolName,
  toolArgs,
});
const claude = (tool_name: string, tool_input: object): Told['payload'] => ({
  session_id: 's-1',
  transcript_path: '/tmp/t.jsonl',
  cwd: '/workspace',
  permission_mode: 'default',
  hook_event_name: 'PreToolUse',
  tool_name,
  tool_input,
});

const SECRET = 'Tr0ub4dor-and-3';
const KEY = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7'.repeat(4)}\n-----END PRIVATE KEY-----`;

export const ATTEMPTED_CALLS: readonly Told[] = [
  {
    name: 'a terminal of VS Code',
    payload: vscode('run_in_terminal', {
      command: 'snow sql -q x',
      explanation: 'look',
      isBackground: false,
    }),
  },
  {
    name: 'a task of VS Code',
    payload: vscode('create_and_run_task', {
      task: { label: 'q', type: 'shell', command: 'snowsql -q x' },
      workspaceFolder: '/workspace',
    }),
  },
  { name: 'bash of Copilot', payload: copilot('bash', { command: 'snow sql -q x' }) },
  {
    name: 'bash of Copilot, with JSON text',
    payload: copilot('bash', JSON.stringify({ command: 'snowsql -q x', description: 'look' })),
  },
  { name: 'powershell of Copilot', payload: copilot('powershell', { command: "& ('sn'+'ow') sql -q x" }) },
  {
    name: 'a terminal that is written to',
    payload: copilot('write_bash', { sessionId: '1', input: 'snow sql -q x{enter}' }),
  },
  { name: 'Bash of Claude Code', payload: claude('Bash', { command: 'dbt run', description: 'models' }) },
  { name: 'a shell with words', payload: claude('shell', { command: ['bash', '-lc', 'snow sql -q x'] }) },
  {
    name: 'a shell of another server',
    payload: claude('mcp__desktop-commander__start_process', { command: 'snowsql -q x', timeout_ms: 1000 }),
  },
  {
    name: 'a Python of another server',
    payload: vscode('mcp_pylance_mcp_s_pylanceRunCodeSnippet', {
      codeSnippet: 'import snowflake.connector\nsnowflake.connector.connect()',
    }),
  },
  { name: 'a server for Snowflake', payload: claude('mcp__snowflake__run_query', { query: 'select 1' }) },
  { name: 'the same, in VS Code', payload: vscode('mcp_snowflake_read_query', { query: 'select 1' }) },
  { name: 'the same, in Copilot', payload: copilot('snowflake-execute_sql', { sql: 'select 1' }) },
  { name: 'a tool of Snowflake’s extension', payload: vscode('snowflake_executeQuery', { sql: 'select 1' }) },
  { name: 'a Cortex tool', payload: claude('mcp__data__cortex_analyst', { q: 'who' }) },
  {
    name: 'a general database server',
    payload: claude('mcp__dbhub__execute_sql', { dsn: 'snowflake://ada:pw@xy12345/db', sql: 'select 1' }),
  },
  {
    name: 'fetch of an account',
    payload: claude('WebFetch', { url: 'https://xy12345.snowflakecomputing.com/console', prompt: 'x' }),
  },
  {
    name: 'fetch of several pages',
    payload: vscode('fetch_webpage', {
      urls: ['https://example.com', 'https://xy12345.snowflakecomputing.com/'],
      query: 'x',
    }),
  },
  {
    name: 'a profile that is read',
    payload: claude('Read', { file_path: '/home/ada/.snowflake/connections.toml' }),
  },
  {
    name: 'a profile that is read, in VS Code',
    payload: vscode('read_file', { filePath: '/home/ada/.snowsql/config', startLine: 1, endLine: 9 }),
  },
  {
    name: 'a password in .env',
    payload: vscode('create_file', {
      filePath: '/workspace/.env',
      content: `SNOWFLAKE_ACCOUNT=xy12345\nSNOWFLAKE_PASSWORD=${SECRET}\n`,
    }),
  },
  {
    name: 'a password in code',
    payload: claude('Write', {
      file_path: 'q.py',
      content: `import snowflake.connector\nc = snowflake.connector.connect(account="xy12345", user="ada", password="${SECRET}")\n`,
    }),
  },
  {
    name: 'a password that is put into code',
    payload: claude('Edit', {
      file_path: 'load.py',
      old_string: 'password=os.environ["SF_PASSWORD"]',
      new_string: `password="${SECRET}"`,
    }),
  },
  {
    name: 'the same among several edits',
    payload: claude('MultiEdit', {
      file_path: 'load.py',
      edits: [
        { old_string: 'a', new_string: 'b' },
        { old_string: 'x', new_string: `password='${SECRET}'` },
      ],
    }),
  },
  {
    name: 'replacements in VS Code',
    payload: vscode('multi_replace_string_in_file', {
      replacements: [{ filePath: 'load.py', oldString: 'x', newString: `password="${SECRET}"` }],
    }),
  },
  {
    name: 'an insertion in VS Code',
    payload: vscode('insert_edit_into_file', {
      filePath: 'app.ts',
      code: `snowflake.createConnection({ account: 'xy12345', password: '${SECRET}' })`,
    }),
  },
  {
    name: 'a patch',
    payload: copilot('apply_patch', {
      input: `*** Begin Patch\n*** Update File: load.py\n@@\n-password=os.environ["SF_PASSWORD"]\n+password="${SECRET}"\n*** End Patch`,
    }),
  },
  {
    name: 'a patch as text',
    payload: copilot(
      'apply_patch',
      `*** Begin Patch\n*** Add File: .env\n+SNOWFLAKE_PASSWORD=${SECRET}\n*** End Patch`,
    ),
  },
  {
    name: 'create of Copilot',
    payload: copilot('create', {
      path: 'conn.toml',
      file_text: `[snowflake]\naccount = "xy12345"\ntoken = "${SECRET}xyz"\n`,
    }),
  },
  {
    name: 'a connection string',
    payload: claude('Write', {
      file_path: 'db.ts',
      content: `export const url = 'snowflake://ada:${SECRET}@xy12345/shop/public';`,
    }),
  },
  {
    name: 'a private key beside an account',
    payload: claude('Write', {
      file_path: 'key.py',
      content: `ACCOUNT = "xy12345.snowflakecomputing.com"\nKEY = """${KEY}"""`,
    }),
  },
  {
    name: 'a profile of dbt',
    payload: claude('Write', {
      file_path: 'profiles.yml',
      content: `shop:\n  outputs:\n    dev:\n      type: snowflake\n      account: xy12345\n      password: ${SECRET}\n`,
    }),
  },
  {
    name: 'a notebook’s cell',
    payload: claude('NotebookEdit', {
      notebook_path: 'a.ipynb',
      new_source: `snowflake.connector.connect(account='xy12345', password='${SECRET}')`,
    }),
  },
  {
    name: 'a server in a configuration',
    payload: vscode('create_file', {
      filePath: '.vscode/mcp.json',
      content: JSON.stringify({ servers: { db: { command: 'uvx', args: ['mcp-server-snowflake'] } } }),
    }),
  },
  {
    name: 'a managed server in a configuration',
    payload: claude('Write', {
      file_path: '.mcp.json',
      content: JSON.stringify({
        mcpServers: {
          sf: {
            type: 'http',
            url: 'https://xy12345.snowflakecomputing.com/api/v2/databases/d/schemas/s/mcp-servers/m',
          },
        },
      }),
    }),
  },
  {
    name: 'a server with an account',
    payload: claude('Write', {
      file_path: '.mcp.json',
      content: JSON.stringify({
        mcpServers: {
          dw: {
            command: 'node',
            args: ['s.js'],
            env: { SNOWFLAKE_ACCOUNT: 'xy12345', SNOWFLAKE_USER: 'ada' },
          },
        },
      }),
    }),
  },
  {
    name: 'a file of another server',
    payload: claude('mcp__filesystem__write_file', {
      path: '.env',
      content: `SNOWFLAKE_PRIVATE_KEY_PASSPHRASE=${SECRET}`,
    }),
  },
  {
    name: 'the hook’s own file',
    payload: vscode('create_file', {
      filePath: '.github/hooks/sluice.json',
      content: '{"version":1,"hooks":{}}',
    }),
  },
];

export const HARMLESS_CALLS: readonly Told[] = [
  {
    name: 'a search of files',
    payload: vscode('grep_search', { query: 'snowflake.connector.connect', isRegexp: false }),
  },
  {
    name: 'a search of the web',
    payload: claude('WebSearch', { query: 'snowflake xy12345.snowflakecomputing.com 403' }),
  },
  {
    name: 'documentation that is fetched',
    payload: claude('WebFetch', { url: 'https://docs.snowflake.com/en/user-guide', prompt: 'x' }),
  },
  { name: 'a search of code', payload: claude('mcp__github__search_code', { q: 'snowflakecomputing.com' }) },
  {
    name: 'an issue that quotes an account',
    payload: claude('mcp__github__create_issue', {
      title: 'Slow',
      body: 'See https://xy12345.snowflakecomputing.com/ and snow sql',
    }),
  },
  {
    name: 'Sluice’s own tool',
    payload: vscode('mcp_sluice_run_statement', {
      sql: 'select * from snowflake.account_usage.query_history',
    }),
  },
  {
    name: 'Sluice’s own tool, elsewhere',
    payload: claude('mcp__sluice__explain_statement', { sql: 'select 1' }),
  },
  { name: 'a server of documentation', payload: claude('mcp__snowflake-docs__search', { query: 'flatten' }) },
  {
    name: 'a file that is read',
    payload: vscode('read_file', { filePath: '/workspace/snowflake/config.toml', startLine: 1, endLine: 20 }),
  },
  { name: 'a list of a folder', payload: claude('LS', { path: '/home/ada/.snowflake' }) },
  {
    name: 'code that takes its password from the environment',
    payload: claude('Write', {
      file_path: 'q.py',
      content:
        'import os, snowflake.connector\nc = snowflake.connector.connect(account=os.environ["SF_ACCOUNT"], password=os.environ["SF_PASSWORD"])\n',
    }),
  },
  {
    name: 'the same in TypeScript',
    payload: vscode('create_file', {
      filePath: 'db.ts',
      content:
        'const c = snowflake.createConnection({ account: process.env.ACCOUNT, password: process.env.PW, token });',
    }),
  },
  {
    name: 'placeholders in documentation',
    payload: claude('Write', {
      file_path: 'docs/setup.md',
      content:
        'Set `SNOWFLAKE_PASSWORD=<your password>` and `SNOWFLAKE_ACCOUNT=xy12345`, or:\n\n    export SNOWFLAKE_PASSWORD=secret\n',
    }),
  },
  {
    name: 'an example of an environment',
    payload: vscode('create_file', {
      filePath: '.env.example',
      content: 'SNOWFLAKE_USER=\nSNOWFLAKE_PASSWORD=changeme\nSNOWFLAKE_PRIVATE_KEY=path/to/key\n',
    }),
  },
  {
    name: 'a test with a stand-in',
    payload: claude('Write', {
      file_path: 'test_db.py',
      content: 'snowflake.connector.connect(account="test", user="test", password="test")\n',
    }),
  },
  {
    name: 'a profile of dbt with a variable',
    payload: claude('Write', {
      file_path: 'profiles.yml',
      content:
        'shop:\n  outputs:\n    dev:\n      type: snowflake\n      account: xy12345\n      password: "{{ env_var(\'PW\') }}"\n',
    }),
  },
  {
    name: 'a connection to the relay',
    payload: claude('Write', {
      file_path: 'c.py',
      content:
        'snowflake.connector.connect(account="sluice", host="relay.example.com", token=os.environ["SLUICE_TOKEN"])',
    }),
  },
  {
    name: 'Sluice in a configuration',
    payload: vscode('create_file', {
      filePath: '.vscode/mcp.json',
      content: JSON.stringify({
        servers: { sluice: { type: 'http', url: 'https://relay.example.com/mcp' } },
      }),
    }),
  },
  {
    name: 'another server in a configuration',
    payload: claude('Write', {
      file_path: '.mcp.json',
      content: JSON.stringify({
        mcpServers: { github: { command: 'npx', args: ['@modelcontextprotocol/server-github'] } },
      }),
    }),
  },
  {
    name: 'a model of dbt',
    payload: claude('Write', {
      file_path: 'models/a.sql',
      content: "select *, 'snowflake' as src from {{ source('snowflake', 'account') }}",
    }),
  },
  {
    name: 'a workflow with secrets',
    payload: claude('Write', {
      file_path: '.github/workflows/ci.yml',
      content:
        'env:\n  SNOWFLAKE_PASSWORD: ${{ secrets.SNOWFLAKE_PASSWORD }}\n  SNOWFLAKE_ACCOUNT: xy12345\n',
    }),
  },
  {
    name: 'a list of dependencies',
    payload: claude('Edit', {
      file_path: 'requirements.txt',
      old_string: 'a',
      new_string: 'snowflake-connector-python==4.1.0',
    }),
  },
  {
    name: 'a story about snowflakes',
    payload: claude('Write', {
      file_path: 'story.md',
      content: 'Each snowflake has an account of its own fall. The password was a whisper.',
    }),
  },
  {
    name: 'a drawing of one',
    payload: vscode('create_file', {
      filePath: 'koch.py',
      content: 'def snowflake(order, size):\n    """Koch snowflake."""\n    token = order\n',
    }),
  },
  {
    name: 'Terraform with variables',
    payload: claude('Write', {
      file_path: 'main.tf',
      content: 'provider "snowflake" {\n  account  = var.account\n  password = var.snowflake_password\n}\n',
    }),
  },
  {
    name: 'another database’s password',
    payload: claude('Write', {
      file_path: 'docker-compose.yml',
      content: 'services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: Tr0ub4dor-and-3\n',
    }),
  },
  {
    name: 'a list of things to do',
    payload: claude('TodoWrite', {
      todos: [{ content: 'replace snowsql by run_statement', status: 'pending' }],
    }),
  },
  {
    name: 'a task for another agent',
    payload: claude('Task', { description: 'look', prompt: 'Find where snow sql is used' }),
  },
  { name: 'an output that is read', payload: vscode('get_terminal_output', { id: 'snow sql' }) },
  { name: 'tests that are run', payload: vscode('runTests', { files: ['test_snowflake.py'] }) },
  {
    name: 'a patch of documentation',
    payload: copilot('apply_patch', {
      input:
        '*** Begin Patch\n*** Update File: README.md\n@@\n+Do not run `snow sql`; SNOWFLAKE_PASSWORD is not needed.\n*** End Patch',
    }),
  },
  { name: 'text that is typed', payload: copilot('write_bash', { sessionId: '1', input: 'y{enter}' }) },
];
