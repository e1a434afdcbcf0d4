import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { driversSee } from '../drivers/drivers-see.ts';
import {
  clientProgram,
  type DriverProgram,
  goProgram,
  javaProgram,
  orSkip,
} from '../drivers/other-drivers.ts';
import { shopAccount } from './account.ts';
import { conversationScript, MANY } from './conversation.ts';
import { startUpstream, type Upstream } from './upstream.ts';

const PATIENCE = 240_000;
/** How often a driver asks for a statement that takes its time. */
const POLLS = 3;

interface Driver {
  readonly name: string;
  readonly open: () => Promise<DriverProgram>;
  /** The parameter that its encoding goes by. */
  readonly format: string;
  readonly saw: object;
  /** Executions of `SELECT held`: at once, and asynchronously where it can. */
  readonly held: number;
}

const python = (version: number): Driver => ({
  name: `the Python connector, version ${version}`,
  open: () => clientProgram(`connector-${version}`, 'python/conversation.py'),
  format: 'PYTHON_CONNECTOR_QUERY_RESULT_FORMAT',
  saw: driversSee.python(version === 3 ? 250001 : 390303),
  held: 2,
});

const drivers: readonly Driver[] = [
  python(4),
  python(3),
  {
    name: 'gosnowflake',
    open: goProgram,
    format: 'GO_QUERY_RESULT_FORMAT',
    saw: driversSee.go,
    held: 1,
  },
  {
    name: 'JDBC',
    open: javaProgram,
    format: 'JDBC_QUERY_RESULT_FORMAT',
    saw: driversSee.java,
    held: 1,
  },
];

/** The drivers of others are what says whether this is Snowflake: each is pointed straight at it, without a relay. */
describe.each(drivers)('$name takes it for Snowflake', ({ open, format, saw, held }) => {
  let program: DriverProgram;
  beforeAll(async () => void (program = await open()), 600_000);

  it.for(['ARROW', 'JSON'])('in %s', { timeout: PATIENCE }, async (encoding, test) => {
    const { command, args } = orSkip(program, test);
    let tellEndless = () => {};
    const upstream: Upstream = await startUpstream({
      account: { ...shopAccount, parameters: { [format]: encoding } },
      holdMs: 500,
      script: conversationScript({
        released: async (queryId) => {
          const polls = () => upstream.log.requests.filter(({ url }) => url.includes(queryId)).length;
          await expect.poll(polls, { timeout: PATIENCE }).toBeGreaterThanOrEqual(POLLS);
        },
        onEndless: () => tellEndless(),
      }),
    });
    onTestFinished(() => upstream.close());
    const running = promisify(execFile)(command, [...args, 'scripted', String(upstream.port), 'ada-token'], {
      env: { ...process.env, NO_PROXY: '127.0.0.1' },
      timeout: PATIENCE,
    });
    running.child.stdin!.on('error', () => {});
    tellEndless = () => running.child.stdin!.write('cancel\n');
    const { stdout } = await running;
    expect(JSON.parse(stdout)).toEqual({
      ...saw,
      held: 'released',
      inserted: 1,
      insertedMany: 3,
      many: MANY,
      manyInOrder: true,
    });
    const chunks = upstream.log.requests.filter(({ endpoint }) => endpoint === 'chunk');
    expect(chunks).toHaveLength(Math.ceil((MANY - 500) / 50_000));
    expect(chunks.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
    expect(upstream.executions.filter(({ sql }) => sql === 'SELECT held')).toHaveLength(held);
    expect(upstream.sessions.every(({ closed }) => closed)).toBe(true);
  });
});
