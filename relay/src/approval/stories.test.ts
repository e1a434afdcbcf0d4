import type { EventBody } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import type { Story } from '../recording/index.ts';
import type { Grant, LiveGrant } from './grant.ts';
import { GRANT_STORY, grantDigest, wrongGrant } from './grant-story.ts';
import type { Opening } from './opening.ts';
import { OPENING_STORY, openingDigest, wrongOpening } from './opening-story.ts';
import { ada, NINE, owners, person } from './testing.ts';

/** What a session makes of these notices, the first of which gives something. */
function told<State>({ begin, next }: Story<State>, ...bodies: readonly EventBody[]): State | null {
  const [first, ...later] = bodies.map((body) => ({ body, at: '2026-11-20T09:00:00.000Z' }));
  const state = begin(first!);
  return state === null ? null : later.reduce<State>((now, event) => next(now, event), state);
}
const notice = (what: string, detail: Record<string, string> = {}): EventBody => ({
  type: 'notice',
  what,
  detail,
});

describe('a grant as the record tells it', () => {
  const given = notice('grant_given', { grant: 'g1', digest: 'd1', rowsInAll: '20' });
  const of = (...bodies: readonly EventBody[]) => told(GRANT_STORY, given, ...bodies);
  const used = (statement: string, rows: number, grant = 'g1') =>
    notice('grant_used', { grant, statement, rows: String(rows) });
  const counted = (statement: string, rows: number, grant = 'g1') =>
    notice('grant_counted', { grant, statement, rows: String(rows) });

  it('begins where it is given, and nowhere else', () => {
    expect(of()).toEqual({ id: 'g1', digest: 'd1', isRevoked: false, rowsLeft: 20, taken: new Map() });
    for (const other of [
      notice('grant_used', { grant: 'g1', digest: 'd1', rowsInAll: '20' }),
      notice('grant_given', { digest: 'd1', rowsInAll: '20' }),
      notice('grant_given', { grant: 'g1', rowsInAll: '20' }),
      { type: 'closed', how: 'client' } as const,
    ])
      expect(told(GRANT_STORY, other)).toBeNull();
    expect(GRANT_STORY.types).toEqual(['notice']);
  });

  it('has fewer rows left by what statements take, and gets back what they did not hit', () => {
    expect(of(used('q1', 5))).toMatchObject({ rowsLeft: 15, taken: new Map([['q1', 5]]) });
    expect(of(used('q1', 5), used('q2', 5))).toMatchObject({ rowsLeft: 10 });
    const after = of(used('q1', 5), used('q2', 4), counted('q1', 2));
    expect(after).toMatchObject({ rowsLeft: 14, taken: new Map([['q2', 4]]) });
  });

  it('gets nothing back twice, for nothing that was taken, or for hitting more', () => {
    expect(of(used('q1', 5), counted('q1', 2), counted('q1', 0))?.rowsLeft).toBe(18);
    expect(of(counted('q1', 0))?.rowsLeft).toBe(20);
    expect(of(used('q1', 5), counted('q1', 9))?.rowsLeft).toBe(15);
  });

  it('is over when it is taken back', () => {
    expect(of(notice('grant_revoked', { grant: 'g1' }))?.isRevoked).toBe(true);
  });

  it('is not changed by what is said of others, or by what says nothing of grants', () => {
    const whole = { isRevoked: false, rowsLeft: 20 };
    expect(of(notice('grant_revoked', { grant: 'g2' }))).toMatchObject(whole);
    expect(of(used('q1', 5, 'g2'), counted('q1', 0, 'g2'))).toMatchObject(whole);
    expect(of(notice('break_glass', { grant: 'g1' }), { type: 'closed', how: 'client' })).toMatchObject(
      whole,
    );
  });

  it('leaves what it was before as it was: another may go on from there', () => {
    const before = of(used('q1', 5))!;
    GRANT_STORY.next(before, { body: counted('q1', 1), at: '' });
    GRANT_STORY.next(before, { body: used('q2', 1), at: '' });
    expect(before).toMatchObject({ rowsLeft: 15, taken: new Map([['q1', 5]]) });
  });
});

describe('a grant in the database', () => {
  const grant = {
    id: 'g1',
    approval: 'a1',
    purpose: null,
    requester: ada,
    bounds: {},
    covers: ['It changes SHOP.PUBLIC.ORDERS.'],
    givenBy: [owners[0]],
    groups: ['owners'],
    session: 's1',
    givenAt: NINE,
    startsAt: NINE,
    expiresAt: NINE + 600_000,
    rows: 5,
    rowsInAll: 20,
    seq: 3,
    rowsLeft: 12,
  } as unknown as LiveGrant;
  const standing = (change: object = {}) => ({
    state: {
      id: 'g1',
      digest: grantDigest(grant),
      isRevoked: false,
      rowsLeft: 12,
      taken: new Map(),
      ...change,
    },
  });

  it('is what the record has, or what is wrong with it', () => {
    expect(wrongGrant(grant, standing())).toBeNull();
    expect(wrongGrant({ ...grant, rowsLeft: 11 }, standing())).toBeNull();
    expect(wrongGrant(grant, { why: 'which nobody was given' })).toBe('which nobody was given');
    expect(wrongGrant(grant, standing({ isRevoked: true }))).toBe('which was taken back on the record');
    expect(wrongGrant(grant, standing({ rowsLeft: 11 }))).toBe(
      'which has more rows left than the record leaves it',
    );
  });

  it.each<[string, Partial<Record<keyof Grant, unknown>>]>([
    ['id', { id: 'g2' }],
    ['approval', { approval: 'a2' }],
    ['purpose', { purpose: 'x' }],
    ['requester', { requester: person('eve') }],
    ['bounds', { bounds: { skeleton: 'DELETE' } }],
    ['rows of each statement', { rows: 6 }],
    ['rows in all', { rowsInAll: 21 }],
    ['words', { covers: [] }],
    ['givers', { givenBy: [] }],
    ['groups', { groups: [] }],
    ['session', { session: 's2' }],
    ['moment', { givenAt: NINE - 1 }],
    ['beginning', { startsAt: NINE - 1 }],
    ['end', { expiresAt: NINE + 600_001 }],
  ])('with another %s was not given', (_, change) => {
    expect(wrongGrant({ ...grant, ...(change as Partial<LiveGrant>) }, standing())).toBe(
      'which is not what was given on the record',
    );
  });
});

describe('an opened break-glass statement', () => {
  const opened = notice('break_glass_opened', { opening: 'o1', digest: 'd1' });
  const of = (...bodies: readonly EventBody[]) => told(OPENING_STORY, opened, ...bodies);
  const opening: Opening = {
    id: 'o1',
    by: ada,
    reason: 'outage',
    sql: 'DELETE FROM orders',
    database: 'SHOP',
    schema: null,
    until: NINE + 60_000,
    seq: 3,
  };

  it('begins on the record where it is opened, and ends where it is used', () => {
    expect(of()).toEqual({ id: 'o1', digest: 'd1', isUsed: false });
    expect(of(notice('break_glass_opening_used', { opening: 'o1' }))).toEqual({
      id: 'o1',
      digest: 'd1',
      isUsed: true,
    });
    for (const other of [
      notice('break_glass_opening_used', { opening: 'o2' }),
      notice('break_glass_opened', { opening: 'o1', digest: 'd1' }),
      notice('grant_used', { opening: 'o1' }),
      { type: 'closed', how: 'client' } as const,
    ])
      expect(of(other)).toEqual(of());
    for (const first of [
      notice('break_glass_opening_used', { opening: 'o1', digest: 'd1' }),
      notice('break_glass_opened', { digest: 'd1' }),
      notice('break_glass_opened', { opening: 'o1' }),
      { type: 'closed', how: 'client' } as const,
    ])
      expect(told(OPENING_STORY, first)).toBeNull();
    expect(OPENING_STORY.types).toEqual(['notice']);
  });

  const standing = (isUsed = false) => ({ state: { id: 'o1', digest: openingDigest(opening), isUsed } });

  it('is what the record has, or what is wrong with it', () => {
    expect(wrongOpening(opening, standing())).toBeNull();
    expect(wrongOpening(opening, standing(true))).toBe('which was used on the record');
    expect(wrongOpening(opening, { why: 'which nobody was given' })).toBe('which nobody was given');
  });

  it.each<[string, Partial<Opening>]>([
    ['id', { id: 'o2' }],
    ['person', { by: person('eve') }],
    ['reason', { reason: 'none' }],
    ['text', { sql: 'DELETE FROM users' }],
    ['database', { database: null }],
    ['schema', { schema: 'HR' }],
    ['end', { until: NINE + 60_001 }],
  ])('with another %s was not opened', (_, change) => {
    expect(wrongOpening({ ...opening, ...change }, standing())).toBe(
      'which is not what was opened on the record',
    );
  });
});
