import { randomUUID } from 'node:crypto';
import type { EventBody } from '@sluice/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { openTestRecord } from '../recording/testing/open-test-record.ts';
import { openTestStore } from '../store/testing/open-test-store.ts';
import type { Approval } from './approval.ts';
import type { LiveGrant } from './grant.ts';
import { compareLeave, type LeaveReaders, type WrongLeave } from './leave-check.ts';
import type { Opening } from './opening.ts';
import { summaryOf } from './person.ts';
import type { StoredReview } from './ports.ts';
import { recordedApprovals } from './testing/recorded-approvals.ts';
import { ada, answer, deleteRequest, holdNow, NINE, owners, person } from './testing.ts';

const [olga] = owners;
const eve = person('eve');
const onError = (error: unknown) => {
  throw error;
};

/** A store whose log has what people decided; `compare` looks at it with other rows in the place of its own. */
async function started() {
  const { recorder, store } = await openTestRecord({ now: () => NINE });
  const desk = await recordedApprovals({ store, recorder, now: () => NINE, onError, onRefusedRow: () => {} });
  const compare = (rows: Partial<LeaveReaders> = {}, now = NINE) =>
    compareLeave({ ...desk.store, ...rows }, now);
  /** Where the log has the event that a row names. */
  const placeOf = async (session: string, seq: number) => {
    const [event] = await store.events.ofSession(session, { after: seq - 1, limit: 1 });
    return { session, seq, position: event!.position };
  };
  const note = (body: EventBody) => recorder.append(recorder.relaySession, body);
  return { desk, compare, placeOf, note, relaySession: recorder.relaySession };
}

let at: Awaited<ReturnType<typeof started>>;
beforeEach(async () => {
  at = await started();
});

const approvals = (...rows: readonly Approval[]): Partial<LeaveReaders> => ({
  approvals: { open: async () => rows },
});
const grants = (...rows: readonly LiveGrant[]): Partial<LeaveReaders> => ({
  grants: { live: async () => rows },
});
const openings = (...rows: readonly Opening[]): Partial<LeaveReaders> => ({
  openings: { list: async () => rows },
});

it('finds nothing in a store that has no log yet', async () => {
  const { store } = await openTestStore();
  const failing = async () => Promise.reject(new Error('there is nothing to read'));
  expect(await compareLeave({ ...store, approvals: { open: failing } }, NINE)).toEqual([]);
});

it('finds nothing wrong with what people have asked, given and opened', async () => {
  await holdNow(at.desk, deleteRequest());
  await give();
  await at.desk.openings.open(ada, {
    reason: 'outage',
    sql: 'SELECT 1',
    database: null,
    schema: null,
    minutes: 5,
  });
  expect((await at.desk.store.approvals.open()).length).toBe(2);
  expect(await at.compare()).toEqual([]);
});

async function give(): Promise<LiveGrant> {
  const { id, approval } = await holdNow(at.desk, deleteRequest(ada, { grantUpToSeconds: 1_800 }));
  const terms = { mostRows: 5, grantSeconds: 600, grantRows: 20 };
  await at.desk.approvals.decide(olga, id, answer(approval, 'approve', terms));
  const [grant] = await at.desk.store.grants.live(NINE);
  return grant!;
}

describe('an approval', () => {
  it('is found, with the event that it names, where nobody has decided so', async () => {
    const { approval } = await holdNow(at.desk, deleteRequest());
    const session = approval.request.session.id;
    const approved = {
      ...approval,
      state: { phase: 'approved', votes: [], until: NINE + 60_000 },
    } as unknown as Approval;
    const other = { ...approval, id: randomUUID() } as unknown as Approval;
    expect(await at.compare(approvals(approval, approved, other))).toEqual([
      {
        table: 'approval',
        id: approval.id,
        why: expect.any(String) as string,
        event: await at.placeOf(session, approval.seq),
      },
      {
        table: 'approval',
        id: other.id,
        why: expect.any(String) as string,
        event: await at.placeOf(session, approval.seq),
      },
    ]);
  });

  it.each<[string, (approval: Approval) => Approval]>([
    ['an event that there is not', (approval) => ({ ...approval, seq: 4_711 })],
    ['one before the first', (approval) => ({ ...approval, seq: -1 })],
    ['none', (approval) => ({ ...approval, seq: null as never })],
    ['half of one', (approval) => ({ ...approval, seq: approval.seq + 0.5 })],
    [
      'one of no session',
      (approval) => ({
        ...approval,
        request: { ...approval.request, session: { ...approval.request.session, id: {} as never } },
      }),
    ],
  ])('is found where it names %s', async (_, change) => {
    const { approval } = await holdNow(at.desk, deleteRequest());
    const [found, ...others] = await at.compare(approvals(change(approval)));
    expect([found, others]).toEqual([
      { table: 'approval', id: approval.id, why: 'which nobody was given on the record', event: null },
      [],
    ]);
  });
});

it('finds a grant of more than was given, and the event that gave it', async () => {
  const grant = await give();
  const event = await at.placeOf(grant.session, grant.seq);
  expect(await at.compare(grants(grant))).toEqual([]);
  expect(await at.compare(grants({ ...grant, rowsLeft: 21 }, grant, { ...grant, requester: eve }))).toEqual([
    {
      table: 'approval_grant',
      id: grant.id,
      why: 'which has more rows left than the record leaves it',
      event,
    },
    { table: 'approval_grant', id: grant.id, why: 'which is not what was given on the record', event },
  ]);
});

it('asks for the grants that are live at that time', async () => {
  const asked: number[] = [];
  const live = async (now: number) => {
    asked.push(now);
    return [];
  };
  await at.compare({ grants: { live } }, NINE + 7);
  expect(asked).toEqual([NINE + 7]);
});

describe('an opened break-glass statement', () => {
  const order = { reason: 'outage', sql: 'SELECT 1', database: 'SHOP', schema: null, minutes: 5 };

  it('is found where another was opened, or it was used', async () => {
    const opening = await at.desk.openings.open(ada, order);
    const event = await at.placeOf(at.relaySession, opening.seq);
    const found = { table: 'break_glass_opening', id: opening.id, event };
    expect(await at.compare(openings(opening))).toEqual([]);
    expect(await at.compare(openings({ ...opening, by: eve }))).toEqual([
      { ...found, why: 'which is not what was opened on the record' },
    ]);
    await at.desk.store.transaction((tx) => at.desk.openings.use(tx, opening, 'q1'));
    expect(await at.compare(openings(opening))).toEqual([{ ...found, why: 'which was used on the record' }]);
  });

  it('is not looked at once it is over: nothing runs by it', async () => {
    const opening = await at.desk.openings.open(ada, order);
    const forged = { ...opening, by: eve };
    expect(await at.compare(openings(forged), opening.until - 1)).toHaveLength(1);
    expect(await at.compare(openings(forged), opening.until)).toEqual([]);
    // What does not say when it is over is not.
    expect(await at.compare(openings({ ...forged, until: undefined as never }), NINE)).toHaveLength(1);
  });
});

describe('a device', () => {
  const inUse = (key: string, identity = ada.id): Partial<LeaveReaders> => ({
    devices: { inUse: async () => [{ key, identity }] },
  });
  const found = (key: string, why: string): WrongLeave => ({
    table: 'approver_device',
    id: key,
    why,
    event: null,
  });
  const [KEY, OTHER] = ['a2V5MQ==', 'a2V5Mg=='];
  const enrolled: EventBody = {
    type: 'device_enrolled',
    key: KEY,
    identity: ada.id,
    name: 'laptop',
    enrolledAt: '2026-11-20T08:00:00.000Z',
    proof: '',
    vouchedBy: null,
  };

  it('is found where nobody has enrolled it for that person', async () => {
    await at.note(enrolled);
    expect(await at.compare(inUse(KEY))).toEqual([]);
    const why = 'which nobody has enrolled for them on the record';
    expect(await at.compare(inUse(OTHER))).toEqual([found(OTHER, why)]);
    expect(await at.compare(inUse(KEY, eve.id))).toEqual([found(KEY, why)]);
  });

  it('is found where it was revoked', async () => {
    await at.note(enrolled);
    await at.note({ type: 'device_revoked', key: KEY, identity: ada.id, name: 'laptop' });
    expect(await at.compare(inUse(KEY))).toEqual([found(KEY, 'which was revoked on the record')]);
  });
});

it('finds reviews of what nobody has run, open and closed ones', async () => {
  const review = {
    version: 1,
    session: at.relaySession,
    statement: 'q1',
    by: summaryOf(ada),
    sql: 'DELETE FROM orders',
    entry: 'on-call',
    reason: 'outage',
    lifted: { rule: 'deletes', effect: 'ask' },
    openedAt: '2026-11-20T09:00:00.000Z',
    closed: null,
  } as const;
  const detail = {
    review: 'r1',
    statement: 'q1',
    entry: 'on-call',
    reason: 'outage',
    rule: 'deletes',
    would: 'ask',
  };
  await at.note({ type: 'notice', what: 'break_glass', detail });
  const stored = (id: string): StoredReview => ({ review: { ...review, id }, user: ada });
  const list = async (which: 'open' | 'closed') =>
    which === 'open' ? [stored('r1'), stored('r2')] : [stored('r3')];
  const why = 'of break-glass that nobody has used on the record';
  expect(await at.compare({ reviews: { list } })).toEqual(
    ['r2', 'r3'].map((id) => ({ table: 'break_glass_review', id, why, event: null })),
  );
});
