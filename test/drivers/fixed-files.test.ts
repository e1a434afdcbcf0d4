import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Demo, startDemo } from '@sluice/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applied, findIn, fixFor } from '../../extension/src/findings/index.ts';
import { javaProgram, orSkip, pythonProgram } from './other-drivers.ts';

const run = promisify(execFile);
const SECRET = 'Tr0ub4dor-and-3';
const SQL = 'SELECT COUNT(*) AS N FROM CUSTOMERS';

/** Programs that go past the relay, as the editor's quick fix leaves them: real drivers, which then reach the relay. */
describe('a file that the quick fix has pointed at the relay', () => {
  let demo: Demo;
  let folder: string;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    demo = await startDemo({ customers: 50, logLevel: 'silent' });
    folder = mkdtempSync(join(tmpdir(), 'sluice-fixed-'));
    symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(folder, 'node_modules'));
    env = { ...process.env, SLUICE_TOKEN: await demo.tokenFor('ada'), NO_PROXY: '127.0.0.1' };
  });
  afterAll(async () => {
    await demo?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The path of the file, mended. */
  function mended(name: string, text: string): string {
    const file = { path: name, text };
    const [finding] = findIn(file, { relays: [] });
    const fix = fixFor(file, finding!, { name: 'the demo', url: demo.relay.url });
    const after = applied(text, fix!.edits);
    expect(after).not.toContain(SECRET);
    expect(after).not.toContain(env['SLUICE_TOKEN']);
    const path = join(folder, name);
    writeFileSync(path, after);
    return path;
  }

  it('is a program in Python', async (test) => {
    const python = orSkip(await pythonProgram(), test);
    const path = mended(
      'load.py',
      `import snowflake.connector\n\ncon = snowflake.connector.connect(\n    account="acme-prod",\n    user="ada",\n    password="${SECRET}",\n    warehouse="WH",\n)\nprint(con.cursor().execute("${SQL}").fetchone()[0])\n`,
    );
    expect((await run(python.command, [path], { env })).stdout.trim()).toBe('50');
  });

  it('is a program in JavaScript', async () => {
    const path = mended(
      'load.mjs',
      `import snowflake from 'snowflake-sdk';\nsnowflake.configure({ logLevel: 'OFF' });\nconst connection = snowflake.createConnection({ account: 'acme-prod', username: 'ada', password: '${SECRET}' });\nawait connection.connectAsync();\nconnection.execute({\n  sqlText: '${SQL}',\n  complete(error, _, rows) {\n    console.log(error?.message ?? rows[0].N);\n    connection.destroy(() => process.exit(0));\n  },\n});\n`,
    );
    expect((await run(process.execPath, [path], { env, cwd: folder })).stdout.trim().split('\n').at(-1)).toBe(
      '50',
    );
  });

  it('is a program in Java', async (test) => {
    const java = orSkip(await javaProgram(), test);
    const path = mended(
      'Load.java',
      `import java.sql.*;\nimport java.util.Properties;\n\nclass Load {\n  public static void main(String[] args) throws Exception {\n    Properties p = new Properties();\n    p.put("user", "ada");\n    p.put("password", "${SECRET}");\n    Connection c = DriverManager.getConnection("jdbc:snowflake://acme-prod.snowflakecomputing.com/?warehouse=WH", p);\n    ResultSet rows = c.createStatement().executeQuery("${SQL}");\n    rows.next();\n    System.out.println(rows.getInt(1));\n    System.exit(0);\n  }\n}\n`,
    );
    const options = java.args.filter((arg) => !arg.endsWith('.java'));
    expect((await run(java.command, [...options, path], { env })).stdout.trim()).toBe('50');
  });
});
