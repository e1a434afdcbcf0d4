import type { EventBody, RecordedEvent } from '@sluice/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GateWorld, policyOf, startGate } from '../../../../test/support/in-memory-gate.ts';
import { ada } from '../../approval/testing.ts';
import type { SessionFilter } from '../../recording/index.ts';
import type { SessionId } from '../../session/index.ts';
import { simulateDraft } from './simulate-draft.ts';

const idOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}` as SessionId;
const OPENED_AT = '2026-11-20T09:00:00.000Z';
const RANGE = { start: 0, end: 1 };
const state = { database: 'SHOP', schema: 'PUBLIC', warehouse: null, role: null };
const { signal } = new AbortController();

/** Queries of orders are refused. */
const SHUT = policyOf(
  "  - { name: shut, effect: block, reason: so, when: { kinds: [query], objects: [{ names: ['SHOP.PUBLIC.ORDERS'] }] } }\n",
);

let world: GateWorld;
/** The SQL of each session, newest first. */
let recorded: readonly (readonly string[])[];
let asked: SessionFilter[];
let [now, eventsRead] = [0, 0];
/** What the clock gains by each statement that is read, and by the list. */
let [slowness, listing] = [0, 0];

beforeEach(async () => {
  world = await startGate();
  [recorded, asked, now, eventsRead, slowness, listing] = [[], [], 1_000_000, 0, 0, 0];
});
afterEach(() => world.close());

const simulated = (after: string | null = null, policy = SHUT, gone = signal) =>
  simulateDraft(
    {
      sessions: {
        async list(filter) {
          asked.push(filter);
          now += listing;
          return recorded.map((_, index) => ({ session: idOf(index), openedAt: OPENED_AT }) as never);
        },
        events: (session) => eventsOf(session, recorded[Number(session.slice(-12))]!),
      },
      tags: { tagsOf: () => [] },
      lookOver: world.gate.lookOver,
      now: () => now,
    },
    policy,
    after,
    gone,
  );

async function* eventsOf(session: string, statements: readonly string[]): AsyncGenerator<RecordedEvent> {
  const { id, issuer, subject, name, groups, kind } = ada;
  const identity = { id, issuer, subject, name, groups: [...groups], kind };
  const client = {
    application: 'Go',
    version: '1',
    protocol: 'snowflake',
    address: '::1',
    agent: null,
  } as const;
  yield event(session, { type: 'opened', identity, client, state });
  for (const [index, sql] of statements.entries()) {
    const statement = `${session}/${index}`;
    const request = { statement, requestId: statement, sql, binds: null, state, describeOnly: false };
    yield event(session, { type: 'statement', ...request });
    const masks = sql.includes('EMAIL') ? [{ output: 0, method: 'token', because: 'it is personal' }] : [];
    yield event(session, {
      type: 'decision',
      statement,
      effect: masks.length > 0 ? 'mask' : 'allow',
      rule: 'read',
      reason: '',
      sentence: '',
      range: RANGE,
      policyVersion: '',
      masks,
    });
    eventsRead += 1;
    now += slowness;
  }
}

function event(session: string, body: EventBody): RecordedEvent {
  const hash = '0'.repeat(64);
  return { version: 1, session, seq: 0, at: OPENED_AT, body, previous: hash, hash } as RecordedEvent;
}

const ORDERS = 'SELECT ID FROM ORDERS';
const CUSTOMERS = 'SELECT EMAIL FROM CUSTOMERS';
const sessionsOf = (count: number, ...statements: readonly string[]) => Array(count).fill(statements);

describe('what a draft would have decided', () => {
  it('is told of what it would have decided otherwise, and of nothing else', async () => {
    recorded = [[CUSTOMERS, ORDERS], [CUSTOMERS], []];
    const found = await simulated();
    expect(found).toMatchObject({
      version: 1,
      sessions: 3,
      statements: 3,
      stricter: 1,
      looser: 0,
      cut: 0,
      next: null,
    });
    expect(found.changes).toEqual([
      {
        session: idOf(0),
        statement: `${idOf(0)}/1`,
        sql: ORDERS,
        more: 0,
        person: { id: ada.id, name: 'ada' },
        was: { effect: 'allow', rule: 'read', masks: [] },
        becomes: { effect: 'block', rule: 'shut', masks: [], reason: 'so', sentence: expect.any(String) },
        direction: 'stricter',
      },
    ]);
    expect(asked).toEqual([{ limit: 25 }]);
    expect(world.journal, 'nothing runs').toEqual([]);
  });

  it('has masks without why, and counts what would be looser', async () => {
    recorded = [[CUSTOMERS]];
    const draft = policyOf('', OPEN);
    const { looser, stricter, changes } = await simulated(null, draft);
    expect([looser, stricter, changes[0]?.was.masks]).toEqual([1, 0, [{ output: 0, method: 'token' }]]);
  });

  it('has the beginning of a text, and how much follows', async () => {
    const long = ORDERS + ' '.repeat(2_000);
    recorded = [[ORDERS.padEnd(2_000), long]];
    const { changes } = await simulated();
    expect(changes.map(({ sql, more }) => [sql.length, more])).toEqual([
      [2_000, 0],
      [2_000, ORDERS.length],
    ]);
  });
});

const OPEN = `
version: 1
rules:
  - { name: all, effect: allow, when: { kinds: [query] } }
`;

describe('a page', () => {
  it('begins behind a session, and ends with as many as are read at once', async () => {
    recorded = sessionsOf(25, CUSTOMERS);
    const cursor = `${OPENED_AT}~${idOf(7)}`;
    const { sessions, next } = await simulated(cursor);
    expect([sessions, next]).toEqual([25, `${OPENED_AT}~${idOf(24)}`]);
    expect(asked).toEqual([{ limit: 25, after: { openedAt: OPENED_AT, session: idOf(7) } }]);
    recorded = sessionsOf(24, CUSTOMERS);
    expect(await simulated()).toMatchObject({ sessions: 24, next: null });
    recorded = [];
    expect(await simulated()).toMatchObject({ sessions: 0, next: null });
    await expect(simulated('x')).rejects.toMatchObject({ code: 'request_malformed' });
  });

  it('ends after the session that was under way when its time was over', async () => {
    recorded = sessionsOf(3, CUSTOMERS, CUSTOMERS);
    slowness = 1_500;
    // Neither is over at three seconds, but past them.
    expect(await simulated()).toMatchObject({ sessions: 2, statements: 4, next: `${OPENED_AT}~${idOf(1)}` });
    slowness = 1_501;
    expect(await simulated()).toMatchObject({ sessions: 1, statements: 2, next: `${OPENED_AT}~${idOf(0)}` });
  });

  it('has a session, however slow the record is: who asks comes to an end', async () => {
    recorded = sessionsOf(3, CUSTOMERS);
    listing = 5_000;
    expect(await simulated()).toMatchObject({ sessions: 1, next: `${OPENED_AT}~${idOf(0)}` });
  });

  it('has every change of its sessions', async () => {
    recorded = [Array(99).fill(ORDERS) as string[], Array(500).fill(ORDERS) as string[], [ORDERS]];
    const { sessions, stricter, changes } = await simulated();
    expect([sessions, stricter, changes.length]).toEqual([2, 599, 599]);
  });

  it('ends after so many statements, and so many changes', async () => {
    recorded = sessionsOf(3, ...(Array(250).fill(CUSTOMERS) as string[]));
    expect(await simulated()).toMatchObject({ sessions: 2, statements: 500, changes: [], cut: 0 });
    recorded = sessionsOf(3, ...(Array(50).fill(ORDERS) as string[]));
    const found = await simulated();
    expect([found.sessions, found.changes.length]).toEqual([2, 100]);
  });

  it('leaves out the end of a session that is longer, and says so', async () => {
    recorded = [Array(501).fill(CUSTOMERS) as string[], [CUSTOMERS]];
    expect(await simulated()).toMatchObject({ sessions: 1, statements: 500, cut: 1 });
    expect(eventsRead).toBeLessThan(502);
    recorded = [Array(500).fill(CUSTOMERS) as string[]];
    expect(await simulated()).toMatchObject({ sessions: 1, statements: 500, cut: 0, next: null });
  });

  it('is not finished for nobody', async () => {
    recorded = sessionsOf(2, CUSTOMERS);
    const gone = new AbortController();
    gone.abort();
    await expect(simulated(null, SHUT, gone.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(eventsRead).toBe(0);
  });
});
