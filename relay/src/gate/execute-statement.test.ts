import { beforeEach, expect, it } from 'vitest';
import { ada, sessionOf } from '../approval/testing.ts';
import { SluiceError } from '../errors.ts';
import { executeStatement } from './execute-statement.ts';
import type { Authorization } from './parts.ts';
import type { Intent } from './record-intent.ts';
import type { ExecutableStatement } from '../warehouse/index.ts';
import type { SessionContext } from './session-context.ts';

const OLD = { sources: [], setBy: 'before', literal: "'old'" };
const state = { database: 'SHOP', schema: 'PUBLIC', warehouse: 'WH', role: 'ANALYST' };
const SET = {
  understood: true,
  kind: { family: 'admin', name: 'set' },
  outputs: [],
  inner: [],
  sessionEffects: [{ type: 'set_variable', name: 'N', sources: [], literal: "'new'" }],
};

/** What the store says, what the session is by then, and what came of it. */
let world: {
  generation: number;
  isOf: boolean;
  hasChanged: boolean;
  whileItRuns: (statement: ExecutableStatement) => unknown;
  recorded: unknown[];
  asked: unknown[];
};
beforeEach(() => {
  world = {
    generation: 3,
    isOf: true,
    hasChanged: false,
    whileItRuns: () => {},
    recorded: [],
    asked: [],
  };
});

const SETTING: object = { plan: { kind: 'set', names: ['N'] } };

async function execute({ describeOnly = false, planned = SETTING } = {}) {
  const session = sessionOf(ada);
  const variables = new Map<string, object>([['N', OLD]]);
  const context = {
    generation: () => world.generation,
    isOf: (generation: number) => generation === 3 && world.isOf,
    variables,
    results: new Map(),
    kept: { find: () => null },
    warehouse: async () => ({
      variables: new Set(['N']),
      state,
      async execute(statement: ExecutableStatement) {
        world.asked.push('run');
        await world.whileItRuns(statement);
        return { columns: [], encoding: 'json', chunks: (async function* () {})(), statementTypeId: 1 };
      },
    }),
  } as unknown as SessionContext;
  const tx = {
    hasChanged(since: number, topics: readonly string[]) {
      world.asked.push([since, ...topics]);
      return world.hasChanged;
    },
    record: async (_session: string, event: object) => void world.recorded.push(event),
  };
  const intent = {
    async writeIf(holds: (given: object) => boolean, work: (given: object) => Promise<void>) {
      if (!holds(tx)) return false;
      await work(tx);
      return true;
    },
    write: async (work: (given: object) => Promise<void>) => await work(tx),
  } as unknown as Intent;
  const authorization = {
    understanding: SET,
    planned,
    surroundings: { state },
    used: [],
    leave: null,
    asOf: 7,
    policy: {},
    generation: 3,
    decision: { effect: 'allow' },
  } as unknown as Authorization;
  const parts = {
    warehouse: {} as never,
    confirmIdentity: () => {},
    now: () => 0,
    classification: { carry: async () => void world.asked.push('carry') } as never,
  };
  const sql = "SET N = 'new'";
  const request = { session, queryId: 'q', requestId: 'q', sql, binds: {}, describeOnly, prompt: null };
  const progress = { held: () => {}, running: () => void world.asked.push('running') };
  const signal = new AbortController().signal;
  const result = await executeStatement(
    parts,
    request,
    context,
    intent,
    authorization,
    progress,
    signal,
  ).catch((error: unknown) => error);
  return { result, variable: variables.get('N') };
}

const NEW = { sources: [], setBy: 'q', literal: "'new'" };

it('runs once what it was decided by is found to hold, and is recorded first', async () => {
  const { result, variable } = await execute();
  expect(result).toMatchObject({ state, statementTypeId: 1, kept: [] });
  expect(world.asked).toEqual([[7, 'tag', 'policy'], 'carry', 'running', 'run']);
  expect(world.recorded).toEqual([{ type: 'executed', statement: 'q' }]);
  expect(variable).toEqual(NEW);
});

it.each([
  ['another relay has changed the session', () => (world.isOf = false)],
  ['what it was decided by has changed', () => (world.hasChanged = true)],
])('does not run when %s', async (_, arrange) => {
  arrange();
  const { result, variable } = await execute();
  expect([result, variable, world.recorded]).toEqual([null, OLD, []]);
  expect(world.asked).not.toContain('run');
});

it('changes nothing of the session when it only says what its result would look like', async () => {
  const { variable } = await execute({ describeOnly: true });
  expect([variable, world.recorded]).toEqual([OLD, []]);
  expect(world.asked).toEqual([[7, 'tag', 'policy'], 'running', 'run']);
});

it('is not remembered in a session that was opened anew while it ran', async () => {
  world.whileItRuns = () => (world.generation = 4);
  expect((await execute()).variable).toEqual(OLD);
});

it('that failed leaves a variable that nobody knows', async () => {
  world.whileItRuns = () => Promise.reject(new SluiceError('statement_failed', 'no'));
  const { result, variable } = await execute();
  expect([result, variable]).toEqual([expect.objectContaining({ code: 'statement_failed' }), undefined]);
});

it('that failed leaves alone a session that was opened anew while it ran', async () => {
  world.whileItRuns = () => {
    world.generation = 4;
    throw new SluiceError('statement_failed', 'no');
  };
  expect((await execute()).variable).toEqual(OLD);
});

it.each([[{ code: '002003', sqlState: '02000' }], [undefined]])(
  'that the warehouse cannot do is told so, as the warehouse would: %j',
  async (warehouse) => {
    const problem = {
      code: 'unsupported_by_warehouse',
      message: 'no stages',
      advice: 'use a table',
      warehouse,
    };
    const { result } = await execute({ planned: { plan: null, problem } });
    const { code, message, advice, warehouse: told } = result as SluiceError;
    expect([code, message, advice, told]).toEqual([
      'unsupported_by_warehouse',
      'no stages',
      'use a table',
      warehouse,
    ]);
    expect(world.asked).not.toContain('run');
  },
);

it.each([
  ['another text, if that is what runs', { for: 'snowflake', sql: 'SELECT NULL' }, { sent: 'SELECT NULL' }],
  ['no text twice', { for: 'snowflake', sql: "SET N = 'new'" }, {}],
  ['no text where none is sent', { for: 'snowflake', sql: null }, {}],
  ['no text of a warehouse that is sent none', { for: 'embedded', sql: 'SELECT NULL' }, {}],
])('records with what was executed %s', async (_, plan, sent) => {
  await execute({ planned: { plan } });
  expect(world.recorded).toEqual([{ type: 'executed', statement: 'q', ...sent }]);
});

const committed = { became: 'committed', because: 'CREATE TABLE commits' } as const;
const notice = {
  type: 'notice',
  what: 'transaction_committed',
  detail: { statement: 'q', because: committed.because },
};

it('records what became of a transaction that nobody ended in so many words', async () => {
  world.whileItRuns = ({ onTransaction }) => onTransaction?.(committed);
  await execute();
  expect(world.recorded.slice(1)).toEqual([notice]);
});

it('records that also of a statement that then failed', async () => {
  world.whileItRuns = ({ onTransaction }) => {
    onTransaction?.(committed);
    throw new SluiceError('statement_failed', 'no');
  };
  const { result } = await execute();
  expect(result).toMatchObject({ code: 'statement_failed' });
  expect(world.recorded.slice(1)).toEqual([notice]);
});
