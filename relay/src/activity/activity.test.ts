import type { EventBody } from '@sluice/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { createActivity } from './activity.ts';
import type { ActivityPartStore, HourCount } from './ports.ts';

const APPROVAL = '00000000-0000-4000-8000-000000000001';
const STATEMENT = '00000000-0000-4000-8000-000000000002';
const decision = (effect: 'allow' | 'block'): EventBody => ({
  type: 'decision',
  statement: STATEMENT,
  effect,
  rule: 'r',
  reason: '',
  sentence: '',
  range: { start: 0, end: 0 },
  policyVersion: 'v',
  masks: [],
});
const ended = (how: 'approved' | 'expired'): EventBody => ({
  type: 'approval_ended',
  statement: STATEMENT,
  approval: APPROVAL,
  how,
});

let log: { at: string; body: string | null }[];
let counts: Map<string, number>;
let place: number;
/** Called when a step begins to write. */
let onWrite: () => void;

const append = (at: string, ...bodies: readonly EventBody[]) =>
  log.push(...bodies.map((body) => ({ at, body: JSON.stringify(body) })));

function store(): ActivityPartStore {
  const reader = {
    place: async () => place,
    hours: async () => [],
    days: async () => [],
  };
  const activity = {
    ...reader,
    async add(added: readonly HourCount[]) {
      for (const { hour, what, count } of added) {
        const key = `${hour} ${what}`;
        counts.set(key, (counts.get(key) ?? 0) + count);
      }
    },
    async moveTo(to: number) {
      place = to;
    },
  };
  return {
    activity: reader,
    events: {
      afterPosition: async ({ after, limit }) =>
        log
          .slice(after + 1, after + 1 + limit)
          .map(({ at, body }, index) => ({ position: after + 1 + index, at, body }) as never),
    },
    approvals: { find: async () => ({ askedAt: Date.parse('2026-11-22T09:58:00Z') }) },
    transaction: async (work) => {
      onWrite();
      return await work({ activity } as never);
    },
  };
}

beforeEach(() => {
  [log, counts, place, onWrite] = [[], new Map(), -1, () => {}];
});

describe('what happens', () => {
  it('is counted by the hour, once', async () => {
    append('2026-11-22T09:59:59.999Z', decision('allow'), decision('allow'));
    append('2026-11-22T10:00:00.000Z', decision('block'), ended('approved'));
    const activity = createActivity(store());
    await activity.count();
    await activity.count();
    expect(Object.fromEntries(counts)).toEqual({
      '2026-11-22T09 decision:allow': 2,
      '2026-11-22T10 decision:block': 1,
      '2026-11-22T10 ended:approved': 1,
      '2026-11-22T10 waited:300': 1,
    });
    append('2026-11-22T10:30:00.000Z', decision('block'), ended('expired'));
    await activity.count();
    expect(counts.get('2026-11-22T10 decision:block')).toBe(2);
    // Nobody decided: it is no time to decide.
    expect(counts.get('2026-11-22T10 waited:more')).toBeUndefined();
  });

  it('is no attempt when an editor counts what lies in a workspace', async () => {
    const seen = (kind: 'found' | 'client'): EventBody => ({
      type: 'bypass_attempted',
      attempt: STATEMENT,
      kind,
      harness: 'vscode',
      tool: 'workspace',
      evidence: 'secrets: 2',
      excerpt: '',
      conversation: null,
      seenAt: '2026-11-22T10:00:00.000Z',
    });
    append('2026-11-22T10:00:00.000Z', seen('found'), seen('client'), seen('found'));
    await createActivity(store()).count();
    expect(Object.fromEntries(counts)).toEqual({ '2026-11-22T10 found': 2, '2026-11-22T10 bypass': 1 });
  });

  it('is not counted twice by two relays', async () => {
    append('2026-11-22T10:00:00.000Z', decision('allow'));
    const other = createActivity(store());
    onWrite = () => {
      onWrite = () => {};
      counts.set('2026-11-22T10 decision:allow', 1);
      place = 0;
    };
    await other.count();
    expect(counts.get('2026-11-22T10 decision:allow')).toBe(1);
  });

  it('is counted in steps, and goes past what cannot be read', async () => {
    for (let index = 0; index < 2_600; index += 1) append('2026-11-22T10:00:00.000Z', decision('allow'));
    log[3] = { at: '2026-11-22T10:00:00.000Z', body: '{' };
    log[4] = { at: '2026-11-22T10:00:00.000Z', body: null };
    log[5] = { at: '2026-11-22T10:00:00.000Z', body: '{"type":"none"}' };
    const activity = createActivity(store());
    await activity.count();
    expect(place).toBe(1_999);
    await activity.count();
    expect(counts.get('2026-11-22T10 decision:allow')).toBe(2_597);
  });
});
