import { beforeEach, describe, expect, it } from 'vitest';
import { ada } from '../../approval/testing.ts';
import type { Identity } from '../../identity/index.ts';
import { holdRoutes } from './hold-routes.ts';
import { retentionRoutes } from './retention-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { AT, ID, kim, letIn, remembering, sam, tom } from './testing.ts';

const { told, handlersOf, forget } = remembering();
beforeEach(forget);

describe('legal holds', () => {
  const outcome = { sessions: 2, changed: 1 };

  it.each([
    ['set', true],
    ['release', false],
  ] as const)('record keepers %s them, with their name and reason', async (route, held) => {
    told.answers = { 'holds.set': outcome, 'holds.preview': outcome };
    const handlers = await handlersOf('holds', holdRoutes);
    const of = { sessions: [ID] };
    const body = { of, reason: 'case 12', dryRun: true };
    expect(await letIn((by) => handlers[route]({ by, body }))).toEqual(['kim']);
    expect(told.asked).toEqual([['holds.preview', of, held]]);
    expect(await handlers[route]({ by: kim, body: { ...body, dryRun: false } })).toEqual({
      status: 200,
      body: { version: 1, ...outcome },
    });
    expect(told.asked.at(-1)).toMatchObject([
      'holds.set',
      of,
      { held, by: { id: kim.id }, reason: 'case 12' },
    ]);
  });

  const since = '2026-11-01T00:00:00Z';
  const before = '2026-11-02T00:00:00Z';
  it.each([
    [{ sessions: [ID] }, { sessions: [ID] }],
    [{ person: ada.id }, { person: ada.id }],
    [
      { person: ada.id, since },
      { person: ada.id, since },
    ],
    [
      { person: ada.id, before },
      { person: ada.id, before },
    ],
    [
      { since, before },
      { since, before },
    ],
  ])('are on sessions as they are named: %j', async (of, order) => {
    told.answers = { 'holds.preview': outcome };
    const { set } = await handlersOf('holds', holdRoutes);
    await set({ by: kim, body: { of, reason: 'r', dryRun: true } });
    expect(told.asked).toEqual([['holds.preview', order, true]]);
  });

  it('are seen by those who look after the record, page by page', async () => {
    const hold = { session: ID, openedAt: AT };
    told.answers['holds.list'] = [hold, hold];
    const { list } = await handlersOf('holds', holdRoutes);
    expect(await letIn((by) => list({ by, query: { limit: 2 } }))).toEqual(['sam', 'kim', 'tom']);
    const cursor = `${AT}~${ID}`;
    const { body } = await list({ by: kim, query: { limit: 2, cursor } });
    expect(body).toEqual({ version: 1, holds: [hold, hold], next: cursor });
    expect(told.asked.at(-1)).toEqual(['holds.list', { limit: 2, after: { openedAt: AT, session: ID } }]);
    expect((await list({ by: kim, query: { limit: 3 } })).body).toHaveProperty('next', null);
    expect(told.asked.at(-1)).toEqual(['holds.list', { limit: 3 }]);
  });

  it.each([
    `${AT}~${ID}~more`,
    AT,
    `yesterday~${ID}`,
    `${AT}~../../etc`,
    `${AT}~${ID}0`,
    `${AT}~0${ID}`,
    `${AT}~`,
    '',
  ])('have no page %j', async (cursor) => {
    const { list } = await handlersOf('holds', holdRoutes);
    const refused = list({ by: kim, query: { limit: 2, cursor } });
    await expect(refused).rejects.toMatchObject({ code: 'request_malformed' });
    expect(told.asked).toEqual([]);
  });
});

describe('retention', () => {
  it('is seen by those who look after the record', async () => {
    told.answers = { 'retention.status': { at: '03:00' }, 'retention.preview': ['rule'] };
    const { read, preview } = await handlersOf('retention', retentionRoutes);
    const gone = new AbortController().signal;
    expect(await letIn((by) => read({ by }))).toEqual(['sam', 'kim', 'tom']);
    expect(await letIn((by) => preview({ by, gone }))).toEqual(['sam', 'kim', 'tom']);
    expect((await read({ by: kim })).body).toEqual({ version: 1, at: '03:00' });
    expect((await preview({ by: kim, gone })).body).toEqual({ version: 1, rules: ['rule'] });
    expect(told.asked.at(-1)).toEqual(['retention.preview', gone]);
  });

  it('is begun by record keepers, with their name', async () => {
    told.answers['retention.begin'] = { id: ID };
    const { run } = await handlersOf('retention', retentionRoutes);
    const body = { reason: 'the disk is full', clockIsRight: true };
    expect(await letIn((by) => run({ by, body }))).toEqual(['kim']);
    expect(await run({ by: kim, body })).toEqual({ status: 202, body: { id: ID } });
    expect(told.asked.at(-1)).toMatchObject(['retention.begin', { by: { id: kim.id }, ...body }]);
  });
});

describe('sessions', () => {
  const since = '2026-11-01T00:00:00Z';
  const before = '2026-11-02T00:00:00Z';
  const cursor = `${AT}~${ID}`;

  it.each<[string, Identity, object, object]>([
    ['one’s own', ada, {}, { person: ada.id, subject: 'ada', relay: false }],
    [
      'one’s own, whoever is told.asked for',
      ada,
      { person: sam.id },
      { person: ada.id, subject: 'ada', relay: false },
    ],
    ['everybody’s, for auditors', tom, {}, { relay: true }],
    ['somebody’s, for auditors', tom, { person: ada.id }, { person: ada.id, relay: true }],
    ['those of a time', tom, { since, before }, { since, before, relay: true }],
    ['those since', tom, { since }, { since, relay: true }],
    ['those before', tom, { before }, { before, relay: true }],
    ['another page', tom, { cursor }, { after: { openedAt: AT, session: ID }, relay: true }],
  ])('are %s', async (_, by, query, filter) => {
    told.answers['sessions.page'] = { sessions: [], next: null };
    const { list } = await handlersOf('sessions', sessionRoutes);
    const { body } = await list({ by, query: { limit: 5, agent: undefined, ...query } });
    const whose = by === tom ? 'all' : 'own';
    expect(body).toEqual({ version: 1, whose, sessions: [], next: null });
    expect(told.asked).toEqual([['sessions.page', { limit: 5, ...filter }]]);
  });

  it('go on behind the last that was looked at', async () => {
    told.answers['sessions.page'] = { sessions: ['one'], next: { openedAt: AT, session: ID } };
    const { list } = await handlersOf('sessions', sessionRoutes);
    const { body } = await list({ by: tom, query: { limit: 5 } });
    expect(body).toEqual({ version: 1, whose: 'all', sessions: ['one'], next: cursor });
  });

  it('have payloads, for those who may read them, while there are any', async () => {
    const bytes = Buffer.from('["1"]');
    told.answers['sessions.payload'] = bytes;
    const { payload } = await handlersOf('sessions', sessionRoutes);
    const params = { id: ID, seq: 3, place: 1 };
    expect(await payload({ by: ada, params })).toEqual({ status: 200, chunks: [bytes] });
    expect(told.asked).toEqual([
      ['access.mustRead', 'ada', ID],
      ['sessions.payload', ID, 3, 1],
    ]);
    told.answers['sessions.payload'] = null;
    await expect(payload({ by: ada, params })).rejects.toMatchObject({ code: 'result_unavailable' });
  });

  it('are exported by auditors, which is on the record before any of it is given away', async () => {
    told.answers['sessions.export'] = 'chunks';
    const { export: exportOf } = await handlersOf('sessions', sessionRoutes);
    expect(await letIn((by) => exportOf({ by, params: { id: ID } }))).toEqual(['tom']);
    expect(told.asked).toEqual([
      ['sessions.export', ID],
      ['note', 'session_exported', { by: tom.id, session: ID }],
    ]);
    expect(await exportOf({ by: tom, params: { id: ID } })).toEqual({ status: 200, chunks: 'chunks' });
  });

  it('are searched by auditors, which is on the record before it is answered, once', async () => {
    told.answers = {
      'sessions.search': { found: [], searchedTo: 9, unindexed: 3 },
      'sessions.page': { sessions: [], next: null },
    };
    const { search } = await handlersOf('sessions', sessionRoutes);
    const query = { limit: 5, rule: 'read', text: undefined, person: ada.id, since };
    expect(await letIn((by) => search({ by, query }))).toEqual(['tom']);
    const conditions = { rule: 'read', since, person: ada.id };
    expect(told.asked).toEqual([
      ['note', 'record_searched', { by: tom.id, ...conditions }],
      ['sessions.search', { ...conditions, limit: 5 }],
      ['sessions.page', { among: [], limit: 1 }],
    ]);
    told.asked = [];
    const { body } = await search({ by: tom, query: { limit: 5, object: 'A.B.C', cursor: 9 } });
    expect(told.asked.slice(0, 1)).toEqual([
      ['sessions.search', { object: 'A.B.C', olderThan: 9, limit: 5 }],
    ]);
    expect(told.asked.flat()).not.toContain('record_searched');
    expect(body).toEqual({ version: 1, found: [], sessions: [], next: 9, unindexed: 3 });
  });

  it('are found by what is said of them alone, and that is on the record too', async () => {
    const found = ['one', 'two', 'one'].map((session, position) => ({ position, event: { session } }));
    told.answers = {
      'sessions.search': { found, searchedTo: null, unindexed: 0 },
      'sessions.page': { sessions: [{ session: 'one' }], next: null },
    };
    const { search } = await handlersOf('sessions', sessionRoutes);
    const positions = async (query: object) => {
      const { body } = await search({ by: tom, query: { limit: 5, rule: 'read', ...query } });
      return (body['found'] as readonly { readonly position: number }[]).map(({ position }) => position);
    };
    expect(await positions({ agent: 'copilot' })).toEqual([0, 2]);
    expect(told.asked).toEqual([
      ['note', 'record_searched', { by: tom.id, rule: 'read', agent: 'copilot' }],
      ['sessions.search', { rule: 'read', limit: 5 }],
      ['sessions.page', { agent: 'copilot', among: ['one', 'two'], limit: 3 }],
    ]);
    // The relay's own is in no list of people's.
    expect(await positions({})).toEqual([0, 1, 2]);
  });

  it('are shown where the words are that were searched for', async () => {
    const event = { session: ID, body: { type: 'statement', sql: 'SELECT card' } };
    told.answers = {
      'sessions.search': { found: [{ position: 4, event }], searchedTo: null, unindexed: 0 },
      'sessions.page': { sessions: [], next: null },
    };
    const { search } = await handlersOf('sessions', sessionRoutes);
    const excerptFor = async (query: object) =>
      (await search({ by: tom, query: { limit: 5, ...query } })).body['found'];
    expect(await excerptFor({ rule: 'read' })).toEqual([{ position: 4, event, excerpt: null }]);
    expect(await excerptFor({ text: 'card' })).toMatchObject([
      { excerpt: { matches: [{ start: 7, end: 11 }] } },
    ]);
  });
});
