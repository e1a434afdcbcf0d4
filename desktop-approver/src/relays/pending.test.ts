import type { ApprovalSummary } from '@sluice/contract';
import { expect, it } from 'vitest';
import { createPending, NOTHING_SEEN, type PendingNews, type Seen } from './pending.ts';

const PERSON = { id: 'i|grace', groups: ['owners'] };
const uuid = (name: number) => `00000000-0000-4000-8000-${String(name).padStart(12, '0')}`;

/** As a relay tells of it; `at` in minutes. */
function request(name: number, at: number, rest: Partial<ApprovalSummary> = {}): ApprovalSummary {
  const instant = (minutes: number) => new Date(minutes * 60_000).toISOString();
  return {
    version: 1,
    id: uuid(name),
    revision: 1,
    phase: 'asked',
    requester: { id: 'i|ada' },
    approvers: ['owners'],
    approvedBy: [],
    escalated: false,
    risk: { level: 'medium', because: [] },
    askedAt: instant(at),
    expiresAt: instant(at + 60),
    ...rest,
  } as unknown as ApprovalSummary;
}
const ended = (name: number, at: number) => request(name, at, { phase: 'denied', revision: 2 });

const names = (requests: readonly ApprovalSummary[]) => requests.map(({ id }) => Number(id.slice(-12)));
const told = (news: readonly PendingNews[]) =>
  news.map((one) =>
    one.type === 'asked' ? ['asked', ...names([one.approval])] : ['missed', names(one.came), names(one.went)],
  );
const start = (seen: Seen = NOTHING_SEEN) => createPending({ person: PERSON, seen });

it('begins with what waits, and with nothing that was missed', () => {
  const pending = start();
  expect(told(pending.returned([request(1, 10)], [ended(2, 5)]))).toEqual([['asked', 1]]);
  expect(names(pending.all())).toEqual([1]);
});

it('is what the person may decide on', () => {
  const pending = start();
  const others = [
    request(1, 1, { requester: { id: PERSON.id } as ApprovalSummary['requester'] }),
    request(2, 2, { approvers: ['others'] }),
    request(3, 3, { approvedBy: [{ id: PERSON.id }] as unknown as ApprovalSummary['approvedBy'] }),
    request(4, 4, { phase: 'approved' }),
  ];
  expect(told(pending.returned([...others, request(5, 5)], []))).toEqual([['asked', 5]]);
  expect(pending.update(request(6, 6, { approvers: ['others'] }))).toEqual([]);
  expect(names(pending.all())).toEqual([5]);
});

it('has what there is most to lose with first', () => {
  const pending = start();
  const risk = (level: 'high' | 'low') => ({ risk: { level, because: [] } });
  pending.returned(
    [request(1, 1, risk('low')), request(2, 9), request(3, 5), request(4, 8, risk('high'))],
    [],
  );
  expect(names(pending.all())).toEqual([4, 3, 2, 1]);
});

it('tells of one request once, by its newest state', () => {
  const pending = start();
  pending.returned([], []);
  expect(told(pending.update(request(1, 1)))).toEqual([['asked', 1]]);
  expect(pending.update(request(1, 1, { revision: 2 }))).toEqual([]);
  expect(pending.update(ended(1, 1))).toEqual([]);
  expect(pending.update({ ...ended(1, 1), revision: 3 })).toEqual([]);
  expect(pending.all()).toEqual([]);
  // What comes late is old.
  expect(pending.update(request(1, 1))).toEqual([]);
  expect(pending.all()).toEqual([]);
});

it('tells what came and what went while the relay was not heard, together', () => {
  const pending = start();
  pending.returned([request(1, 10), request(2, 11)], []);
  pending.away();
  pending.away();
  // The live channel may go on before the lists are there.
  expect(pending.update(ended(1, 10))).toEqual([]);
  expect(pending.update(ended(3, 12))).toEqual([]);
  expect(pending.update(request(4, 13))).toEqual([]);
  const news = pending.returned([request(2, 11), request(4, 13)], [ended(3, 12), ended(1, 10), ended(9, 1)]);
  expect(told(news)).toEqual([
    ['missed', [3], [1]],
    ['asked', 4],
  ]);
  expect(names(pending.all())).toEqual([2, 4]);
  expect(pending.returned([request(2, 11), request(4, 13)], [ended(3, 12), ended(1, 10)])).toEqual([]);
});

it('goes on after a restart where it was', () => {
  const before = start();
  before.returned([request(1, 10)], [ended(2, 9)]);
  const pending = start(before.seen());
  const news = pending.returned([], [ended(3, 11), ended(1, 10), ended(2, 9)]);
  expect(told(news)).toEqual([['missed', [3], [1]]]);
});

it('does not bring back by an older list what has ended meanwhile', () => {
  const pending = start();
  pending.returned([request(1, 1)], []);
  pending.update(ended(1, 1));
  pending.returned([request(1, 1)], []);
  expect(pending.all()).toEqual([]);
});

it('keeps so many, and leaves out those with least to lose', () => {
  const pending = start();
  const low = { risk: { level: 'low' as const, because: [] } };
  pending.returned(
    Array.from({ length: 700 }, (_, at) => request(at, at, at < 300 ? low : {})),
    [],
  );
  const kept = pending.all();
  expect(kept).toHaveLength(500);
  expect(kept.filter(({ risk }) => risk.level === 'medium')).toHaveLength(400);
  for (let name = 1_000; name < 4_000; name += 1) pending.update(ended(name, name));
  expect(pending.seen().ids.length).toBeLessThanOrEqual(1_000);
});
