import { describe, expect, it } from 'vitest';
import type { EventBody } from '@sluice/contract';
import { ada, sessionOf } from '../approval/testing.ts';
import { type ErrorCode, SluiceError } from '../errors.ts';
import type { GateTransaction } from './parts.ts';
import type { Intent } from './record-intent.ts';
import { recordFailure } from './record-failure.ts';
import type { StatementRequest } from './statement-request.ts';

const request: StatementRequest = {
  session: sessionOf(ada),
  queryId: '01a',
  requestId: 'r',
  sql: 'SELECT 1',
  binds: {},
  describeOnly: false,
  prompt: null,
};

/** What is recorded of a failure, in order, and what the client is told. */
async function recorded(thrown: unknown, isRecorded = true, breaks = false) {
  const events: (EventBody | 'as sent')[] = [];
  const record = async (_session: unknown, event: EventBody) => {
    if (breaks) throw new SluiceError('record_unavailable', 'the record cannot be written');
    events.push(event);
  };
  const intent: Intent = {
    prepare: async () => {},
    prepareAsSent: async () => void (isRecorded || events.push('as sent')),
    isPrepared: () => isRecorded,
    isRecorded: () => isRecorded,
    writeIf: () => Promise.reject(new Error('nothing runs any more')),
    write: (work) => work({ record } as unknown as GateTransaction),
  };
  const owed: string[] = [];
  const parts = { onEndUnrecorded: (statement: string) => void owed.push(statement) };
  const told = await recordFailure(parts, request, intent, thrown);
  return { events, told, owed };
}

describe('a failure', () => {
  const failed = (code: ErrorCode, rule?: string) =>
    new SluiceError(code, 'what happened', rule === undefined ? {} : { rule });
  it.each([
    [
      'that a rule is behind is a refusal',
      failed('blocked', 'frozen'),
      { type: 'blocked', statement: '01a', rule: 'frozen', reason: 'what happened' },
    ],
    [
      'that is a cancellation says by whom',
      failed('statement_cancelled'),
      { type: 'cancelled', statement: '01a', by: 'what happened' },
    ],
    [
      'is an error with its code otherwise',
      failed('statement_failed'),
      { type: 'error', statement: '01a', code: 'statement_failed', message: 'what happened' },
    ],
  ])('%s', async (_, error, event) => {
    expect(await recorded(error)).toMatchObject({ events: [event], told: error, owed: [] });
  });

  it('comes after what was sent, where that was not on the record yet', async () => {
    const { events } = await recorded(failed('statement_failed'), false);
    expect(events).toEqual(['as sent', expect.objectContaining({ type: 'error' })]);
  });

  it.each(['record_unavailable', 'relay_stopping', 'statement_elsewhere'] as const)(
    '%s is not recorded',
    async (code) => {
      expect(await recorded(failed(code), false)).toMatchObject({ events: [], told: { code } });
    },
  );

  it('of a record that has had enough is recorded only with what is on it already', async () => {
    expect((await recorded(failed('record_allowance_used'), false)).events).toEqual([]);
    expect((await recorded(failed('record_allowance_used'), true)).events).toHaveLength(1);
  });

  it('that cannot be recorded is told as such', async () => {
    const { told, owed } = await recorded(failed('statement_failed'), true, true);
    expect(told.code).toBe('record_unavailable');
    expect(owed).toEqual(['01a']);
    // What is not on the record has no end that is owed.
    expect((await recorded(failed('statement_failed'), false, true)).owed).toEqual([]);
  });

  it.each([
    [true, ['01a']],
    [false, []],
  ])('of the record itself is made up for later, if the statement is on it: %s', async (isOnRecord, owed) => {
    expect((await recorded(failed('record_unavailable'), isOnRecord)).owed).toEqual(owed);
  });
});

describe('what was not thrown on purpose', () => {
  it('says nothing of itself', async () => {
    const { events, told } = await recorded(new TypeError('ada@example.com'));
    expect(told).toMatchObject({ code: 'internal', advice: expect.stringContaining('query id') });
    expect(told.message).not.toContain('ada@');
    expect(JSON.stringify(events)).not.toContain('ada@');
    expect(told.cause).toBeInstanceOf(TypeError);
  });

  it('is a cancellation when it is an abort', async () => {
    const { events } = await recorded(new DOMException('ada@example.com', 'AbortError'));
    expect(events).toEqual([
      { type: 'cancelled', statement: '01a', by: 'the client cancelled the statement' },
    ]);
    // Only an error can be one.
    expect((await recorded({ name: 'AbortError' })).told.code).toBe('internal');
  });
});
