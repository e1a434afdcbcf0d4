import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GateWorld, startGate } from '../../test/support/in-memory-gate.ts';
import { SluiceError } from './errors.ts';

let world: GateWorld;
beforeEach(async () => {
  world = await startGate();
  world.warehouse.answers.set(PLAIN, { columns: ['ID'], batches: [[['1']], [['2']]] });
  world.warehouse.answers.set(MASKED, { columns: ['ID', 'EMAIL'], batches: [[['1', 'ada@example.com']]] });
  world.warehouse.answers.set(ASKED, { columns: ['number of rows deleted'], batches: [[['1']]] });
});
afterEach(() => world.close());

const PLAIN = 'SELECT ID FROM CUSTOMERS';
const MASKED = 'SELECT ID, EMAIL FROM CUSTOMERS';
const ASKED = 'DELETE FROM ORDERS WHERE ID = 5';
const BLOCKED = 'DROP TABLE CUSTOMERS';

/** How it ended, and what was recorded and run on the way, in order. */
async function pathOf(
  sql: string,
  how: Parameters<GateWorld['run']>[1],
  signal?: AbortSignal,
): Promise<string> {
  const end = await world.run(world.request(sql), how, signal).then(
    () => 'rows',
    (error: SluiceError) => error.code,
  );
  return [...world.journal, end].join(' ');
}

const down = new SluiceError('warehouse_unavailable', 'the warehouse is down');
const refused = new SluiceError('statement_failed', 'division by zero');
const intent = 'statement understanding decision';
const asked = `${intent} approval_asked`;
const approved = `${asked} approval_decided approval_ended decision`;

interface Fault {
  readonly name: string;
  readonly arrange: () => unknown;
  /** What is done once a statement is held; it is approved when not said. */
  readonly held?: (id: string) => unknown;
  readonly signal?: () => AbortSignal;
  readonly allow: string;
  readonly mask: string;
  readonly ask: string;
  readonly block: string;
}

const smooth: Fault = {
  name: 'nothing goes wrong',
  arrange: () => {},
  allow: `${intent} carry executed running RUN result rows`,
  mask: `${intent} carry executed running RUN result rows`,
  ask: `${approved} carry executed running RUN result rows`,
  block: `${intent} blocked blocked`,
};

/** At whatever step a thing goes wrong: nothing runs that is not on the record, and every end is on it too. */
const faults: readonly Fault[] = [
  smooth,
  ...sameForAll(
    'identify: the person is out',
    () => (world.faults.revoked = true),
    'statement error identity_revoked',
  ),
  ...sameForAll(
    'identify: the session has expired',
    () => (world.clock.now = world.session.expiresAt),
    'statement error session_ended',
  ),
  ...sameForAll(
    'understand: the warehouse cannot be reached',
    () => (world.warehouse.faults.open = down),
    'statement error warehouse_unavailable',
  ),
  ...sameForAll(
    'understand: the catalog cannot be read',
    () => (world.warehouse.faults.catalog = down),
    'statement error warehouse_unavailable',
  ),
  ...sameForAll(
    'understand: the relay itself fails',
    () => (world.warehouse.faults.catalog = new TypeError('a value: ada@example.com')),
    'statement error internal',
  ),
  ...sameForAll('record: the statement', () => (world.faults.record = 'statement'), 'record_unavailable'),
  ...sameForAll('record: what it means', () => (world.faults.record = 'understanding'), 'record_unavailable'),
  ...sameForAll('record: the decision', () => (world.faults.record = 'decision'), 'record_unavailable'),
  only('ask: it is denied', {
    held: (id) => world.decide(id, 'deny'),
    ask: `${asked} approval_decided approval_ended error approval_denied`,
  }),
  only('ask: nobody decides in time', {
    held: async () => {
      world.clock.now += 3_600_000;
      await world.approvals.tick();
    },
    ask: `${asked} approval_ended error approval_expired`,
  }),
  only('ask: the relay stops', {
    held: () => world.approvals.stop(),
    ask: `${asked} relay_stopping`,
  }),
  only('ask: the person is put out while it is held', {
    held: async () => {
      world.faults.revoked = true;
      await world.approvals.revoked(() => true);
    },
    ask: `${asked} approval_ended error approval_cancelled`,
  }),
  only('ask: the person is put out as it is approved', {
    arrange: () =>
      world.approvals.onChange(({ state }) => {
        world.faults.revoked = state.phase === 'approved';
      }),
    ask: `${asked} approval_decided approval_ended error identity_revoked`,
  }),
  only('ask: the session expires while it is held', {
    held: async (id) => {
      world.clock.now = world.session.expiresAt;
      await world.decide(id, 'approve');
    },
    ask: `${asked} approval_decided approval_ended error session_ended`,
  }),
  only('ask: the record of the request', {
    arrange: () => (world.faults.record = 'approval_asked'),
    ask: `${intent} record_unavailable`,
  }),
  {
    name: 'execute: tags cannot be carried',
    arrange: () => (world.classification.carry = async () => await Promise.reject(new Error('disk full'))),
    allow: `carry ${intent} error internal`,
    mask: `carry ${intent} error internal`,
    ask: `${approved} carry error internal`,
    block: `${intent} blocked blocked`,
  },
  {
    name: 'execute: the record',
    arrange: () => (world.faults.record = 'executed'),
    allow: 'carry record_unavailable',
    mask: 'carry record_unavailable',
    ask: `${approved} carry record_unavailable`,
    block: `${intent} blocked blocked`,
  },
  {
    name: 'execute: the warehouse refuses',
    arrange: () => (world.warehouse.faults.run = refused),
    allow: `${intent} carry executed running RUN error statement_failed`,
    mask: `${intent} carry executed running RUN error statement_failed`,
    ask: `${approved} carry executed running RUN error statement_failed`,
    block: `${intent} blocked blocked`,
  },
  {
    name: 'execute: the client is gone before',
    arrange: () => {},
    held: () => {},
    signal: () => AbortSignal.abort(),
    allow: `${intent} cancelled statement_cancelled`,
    mask: `${intent} cancelled statement_cancelled`,
    ask: `${asked} approval_ended error approval_cancelled`,
    block: `${intent} blocked blocked`,
  },
  {
    name: 'mask: the result has more columns than were understood',
    arrange: () => answerAll({ columns: ['ID', 'EMAIL', 'SSN'], batches: [] }),
    allow: `${intent} carry executed running RUN error internal`,
    mask: `${intent} carry executed running RUN error internal`,
    ask: `${approved} carry executed running RUN error internal`,
    block: `${intent} blocked blocked`,
  },
  {
    name: 'mask: the result has the columns in another order',
    arrange: () => answerAll({ columns: ['EMAIL', 'ID'], batches: [] }),
    allow: `${intent} carry executed running RUN error internal`,
    mask: `${intent} carry executed running RUN error internal`,
    ask: `${approved} carry executed running RUN error internal`,
    block: `${intent} blocked blocked`,
  },
  {
    name: 'record: the result breaks off',
    arrange: () => {
      for (const [sql, answer] of world.warehouse.answers)
        world.warehouse.answers.set(sql, { ...answer, breaks: down });
    },
    allow: `${intent} carry executed running RUN result error warehouse_unavailable`,
    mask: `${intent} carry executed running RUN result error warehouse_unavailable`,
    ask: `${approved} carry executed running RUN result error warehouse_unavailable`,
    block: `${intent} blocked blocked`,
  },
  {
    name: 'record: the outcome',
    arrange: () => (world.faults.record = 'result'),
    allow: `${intent} carry executed running RUN record_unavailable`,
    mask: `${intent} carry executed running RUN record_unavailable`,
    ask: `${approved} carry executed running RUN record_unavailable`,
    block: `${intent} blocked blocked`,
  },
  {
    name: 'record: what was returned',
    arrange: () => (world.faults.record = 'payload'),
    allow: `${intent} carry executed running RUN record_unavailable`,
    mask: `${intent} carry executed running RUN record_unavailable`,
    ask: `${approved} carry executed running RUN record_unavailable`,
    block: `${intent} blocked blocked`,
  },
  only('record: the refusal', {
    arrange: () => (world.faults.record = 'blocked'),
    block: 'record_unavailable',
  }),
];

function sameForAll(name: string, arrange: () => void, path: string): readonly Fault[] {
  return [{ name, arrange, allow: path, mask: path, ask: path, block: path }];
}

/** What the other effects never come by. */
function only(name: string, fault: Partial<Fault>): Fault {
  return { ...smooth, name, ...fault };
}

function answerAll(answer: Parameters<GateWorld['warehouse']['answers']['set']>[1]): void {
  for (const sql of [PLAIN, MASKED, ASKED]) world.warehouse.answers.set(sql, answer);
}

describe.each([
  ['allow', PLAIN],
  ['mask', MASKED],
  ['ask', ASKED],
  ['block', BLOCKED],
] as const)('a statement that the policy says %s to', (effect, sql) => {
  it.each(faults)('$name', async ({ arrange, held, signal, ...paths }) => {
    arrange();
    expect(await pathOf(sql, held, signal?.())).toBe(paths[effect]);
  });
});
