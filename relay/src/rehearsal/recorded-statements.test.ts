import type { EventBody, RecordedEvent } from '@sluice/contract';
import { expect, it } from 'vitest';
import type { ResolutionContext, Understanding } from '@sluice/snowflake-sql';
import { recordedStatements } from './recorded-statements.ts';

const SESSION = '00000000-0000-4000-8000-000000000000';
const HASH = '0'.repeat(64);
const RANGE = { start: 0, end: 1 };
const state = { database: 'SHOP', schema: 'PUBLIC', warehouse: null, role: null };

it('plays a session again: who asked, in which state, after what', async () => {
  const contexts: ResolutionContext[] = [];
  const analyze = (sql: string, context: ResolutionContext): readonly Understanding[] => {
    const earlier = [...context.results.keys()].map((id) => [id, context.results.get(id)!] as const);
    contexts.push({ ...context, results: new Map(earlier) });
    const kind = { family: 'query', name: 'select' } as const;
    return [
      { understood: false, kind, range: RANGE, problem: { code: 'syntax', message: sql, range: RANGE } },
    ];
  };
  const events = inOrder([
    {
      type: 'opened',
      identity: {
        id: 'i|ada',
        issuer: 'i',
        subject: 'ada',
        name: 'Ada',
        groups: ['developers'],
        kind: 'person',
      },
      client: { application: 'Go', version: '1', protocol: 'snowflake', address: '::1', agent: 'Copilot' },
      state,
    },
    statement('a', 'SELECT 1'),
    decision('a'),
    {
      type: 'result',
      statement: 'a',
      columns: [],
      rows: 3,
      bytes: 9,
      complete: true,
      payloads: [],
      recordedRows: 0,
    },
    // Answered before it: statements of one session can overlap.
    statement('b', 'SELECT 2'),
    statement('c', 'SELECT 3'),
    decision('c'),
    decision('b'),
  ]);
  const played = [];
  for await (const entry of recordedStatements(events, analyze, { tagsOf: () => [] })) played.push(entry);

  expect(played.map(({ sql }) => sql)).toEqual(['SELECT 1', 'SELECT 3', 'SELECT 2']);
  expect(contexts[0]).toMatchObject({ database: 'SHOP', schema: 'PUBLIC' });
  expect(played[1]).toMatchObject({
    statement: 'c',
    was: { effect: 'mask', rule: 'read', masks: [{ output: 0, method: 'redact' }] },
    context: {
      identity: { id: 'i|ada', groups: ['developers'] },
      client: { application: 'Go', agent: 'Copilot' },
      now: Date.parse('2026-11-20T12:00:00.000Z'),
      usage: { session: { rows: 3, bytes: 9 } },
    },
  });
});

function statement(id: string, sql: string): EventBody {
  return { type: 'statement', statement: id, requestId: id, sql, binds: null, state, describeOnly: false };
}

function decision(id: string): EventBody {
  const masks = [{ output: 0, method: 'redact', because: 'x' }];
  return {
    type: 'decision',
    statement: id,
    effect: 'mask',
    rule: 'read',
    reason: '',
    sentence: '',
    range: RANGE,
    policyVersion: '',
    masks,
  };
}

async function* inOrder(bodies: readonly EventBody[]): AsyncGenerator<RecordedEvent> {
  for (const [seq, body] of bodies.entries()) {
    yield {
      version: 1,
      session: SESSION,
      seq,
      at: '2026-11-20T12:00:00.000Z',
      body,
      previous: HASH,
      hash: HASH,
    } as RecordedEvent;
  }
}
