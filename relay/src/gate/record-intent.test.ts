import { describe, expect, it } from 'vitest';
import type { EventBody } from '@sluice/contract';
import { ada, sessionOf } from '../approval/testing.ts';
import { SluiceError } from '../errors.ts';
import type { AskDecision, BlockDecision, MaskDecision } from '../policy/index.ts';
import type { Understood } from '@sluice/snowflake-sql';
import { shown } from '../text/index.ts';
import type { StatementAssessment } from './assess-statement.ts';
import type { GateRecorder, GateTransaction } from './parts.ts';
import { createIntent, decisionEvent } from './record-intent.ts';
import type { StatementRequest } from './statement-request.ts';

const range = { start: 3, end: 9 };
const request: StatementRequest = {
  session: sessionOf(ada),
  queryId: 'q',
  requestId: 'r',
  sql: 'SELECT 1',
  binds: {},
  describeOnly: false,
  prompt: null,
};
const base = {
  rule: 'read',
  reason: shown`so`,
  range,
  sentence: shown`Ada reads`,
  policyVersion: 'v',
} as const;
const masks = [{ output: 1, policy: { method: 'redact' }, because: shown`T.B (pii)` }] as const;
const masked: MaskDecision = { ...base, effect: 'mask', masks, limits: {} };
const terms = {
  approvers: ['leads'],
  needed: 1,
  expiresAfterSeconds: 60,
  validForSeconds: 60,
  escalate: null,
  signed: false,
  signIn: { withinSeconds: 3_600, acr: null },
};
const recorded = { type: 'decision', statement: 'q', ...base, masks: [] };
const recordedMasks = [{ output: 1, method: 'redact', because: 'T.B (pii)' }];

describe('the record of a decision', () => {
  const asks: AskDecision = { ...base, effect: 'ask', masks, limits: {}, ask: terms };
  const blocks: BlockDecision = { ...base, effect: 'block' };
  it.each([
    ['that masks says how each output is', masked, { ...recorded, effect: 'mask', masks: recordedMasks }],
    ['that asks says how each would be', asks, { ...recorded, effect: 'ask', masks: recordedMasks }],
    [
      'says what form would pass',
      { ...asks, advice: shown`leave it out` },
      { ...recorded, effect: 'ask', masks: recordedMasks, advice: 'leave it out' },
    ],
    ['that refuses has none of it', blocks, { ...recorded, effect: 'block' }],
    [
      'that refuses says what form would pass',
      { ...blocks, advice: shown`leave it out` },
      { ...recorded, effect: 'block', advice: 'leave it out' },
    ],
  ])('%s', (_, decision, event) => {
    expect(decisionEvent(request, decision)).toEqual(event);
  });
});

describe('an intent', () => {
  const understanding = {
    understood: true,
    kind: { family: 'query', name: 'select' },
    range,
    objects: [],
    outputs: [
      {
        name: 'P',
        sources: [
          {
            column: { object: { database: 'D', schema: 'S', name: 'T' }, column: 'DOC' },
            how: 'direct',
            path: ['a', 'b'],
          },
        ],
        range,
      },
      { name: 'X', sources: [], unresolved: { opaque: true, reason: 'a body', range }, range },
    ],
  } as unknown as Understood;

  function start(
    change: Partial<StatementRequest> = {},
    { isFull = false, isAlone = true, sentBefore = null as number | null } = {},
  ) {
    const events: EventBody[] = [];
    const kept: string[] = [];
    /** Payloads that are durable with the statement; what was looked up of it. */
    const stored: unknown[] = [];
    const looked: unknown[] = [];
    const sizes: number[] = [];
    const tx = {
      index: {
        async mentionedAt(mention: unknown) {
          looked.push(mention);
          return sentBefore;
        },
      },
      record: async (_session: unknown, event: EventBody) => void events.push(event),
      keep: async (payload: { readonly address: string }) => void stored.push(payload.address),
      onEnd: (listener: (durable: boolean) => void) => listener(true),
    } as unknown as GateTransaction;
    const recorder = {
      transaction: <T>(work: (tx: GateTransaction) => Promise<T>) => work(tx),
      seal: async (payload: Uint8Array) => {
        kept.push(Buffer.from(payload).toString());
        return { address: 'address', dataKey: 'key', sealed: payload };
      },
    } as unknown as GateRecorder;
    const limits = {
      checkRecord: () => {},
      recordAnyway: () => {},
      record(_identity: unknown, size: number) {
        if (isFull) throw new SluiceError('record_allowance_used', 'the record has had enough');
        sizes.push(size);
      },
    } as unknown as Parameters<typeof createIntent>[0]['limits'];
    const relays = { self: 'this', isAlone, isThere: async () => false };
    const intent = createIntent({ recorder, limits, relays }, { ...request, ...change });
    return { intent, events, kept, stored, looked, sizes };
  }
  const assessment: StatementAssessment = {
    outcome: 'understood',
    understanding,
    decision: masked,
    planned: null,
    surroundings: { state: request.session.state } as StatementAssessment['surroundings'],
    used: [],
    told: [],
    ownMasks: [],
    asOf: 0,
    generation: 0,
    policy: {} as StatementAssessment['policy'],
    forApproval: null,
    mayKnowOf: () => true,
  };

  it('is not written for what another relay was sent before', async () => {
    const { intent, events, looked } = start({}, { isAlone: false, sentBefore: 7 });
    await intent.prepare(assessment);
    await expect(intent.write(async () => {})).rejects.toMatchObject({
      code: 'statement_elsewhere',
      retryAfterSeconds: 1,
    });
    expect(events).toEqual([]);
    expect(looked).toEqual([{ kind: 'request', value: 'r', session: request.session.id }]);
    const first = start({}, { isAlone: false });
    await first.intent.prepare(assessment);
    await first.intent.write(async () => {});
    expect(first.intent.isRecorded()).toBe(true);
    // A relay that is alone has nobody to ask after.
    const alone = start({}, { sentBefore: 7 });
    await alone.intent.prepare(assessment);
    await alone.intent.write(async () => {});
    expect([alone.intent.isRecorded(), alone.looked]).toEqual([true, []]);
    expect(intent.isRecorded()).toBe(false);
    // What is held goes on at the next relay, and is on the record.
    const resumed = start({ resumed: true }, { isAlone: false, sentBefore: 7 });
    await resumed.intent.prepare(assessment);
    await resumed.intent.write(async () => {});
    expect(resumed.intent.isRecorded()).toBe(true);
  });

  it('says what each output is made of, to its part of a document', async () => {
    const { intent, events } = start();
    await intent.prepare(assessment);
    expect(events).toEqual([]);
    await intent.write(async () => {});
    expect(events.map(({ type }) => type)).toEqual(['statement', 'understanding', 'decision']);
    expect(events[1]).toMatchObject({
      outputs: [
        { name: 'P', sources: ['direct D.S.T.DOC:a.b'], unresolved: false },
        { name: 'X', sources: [], unresolved: true },
      ],
    });
  });

  it('counts all that it puts on the record, binds too', async () => {
    const bare = start();
    await bare.intent.prepare(assessment);
    await bare.intent.write(async () => {});
    const size = bare.events.reduce((sum, event) => sum + Buffer.byteLength(JSON.stringify(event)), 0);
    expect(bare.sizes).toEqual([size]);

    const bound = start({ binds: { '1': { type: 'TEXT', value: 'ä' } } });
    await bound.intent.prepare(assessment);
    await bound.intent.write(async () => {});
    expect(bound.kept).toEqual(['{"1":{"type":"TEXT","value":"ä"}}']);
    expect(bound.sizes).toEqual([size + Buffer.byteLength(bound.kept[0]!)]);
    expect(bound.events[0]).toMatchObject({ binds: 'address' });
    // In the same transaction; of none nothing is stored.
    expect([bare.stored, bound.stored]).toEqual([[], ['address']]);
  });

  it('is not on the record where that has had enough', async () => {
    const { intent, events, kept } = start(
      { binds: { '1': { type: 'TEXT', value: 'a' } } },
      { isFull: true },
    );
    await expect(intent.prepare(assessment)).rejects.toMatchObject({
      code: 'record_allowance_used',
    });
    expect([events, kept, intent.isPrepared()]).toEqual([[], [], false]);
  });

  it('is recorded once, as sent where nothing was decided', async () => {
    const { intent, events } = start({ prompt: { text: 'who?', source: 'mcp' } });
    expect(intent.isPrepared()).toBe(false);
    await intent.prepareAsSent();
    await intent.prepareAsSent();
    expect(intent.isPrepared()).toBe(true);
    await intent.write(async () => {});
    await intent.write(async () => {});
    expect(events.map(({ type }) => type)).toEqual(['prompt', 'statement']);
  });
});
