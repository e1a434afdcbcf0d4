import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Identity } from '../identity/index.ts';
import type { ApprovalId, Estimate } from './approval.ts';
import type { ApprovalRequest } from './approval-request.ts';
import type { Grant } from './grant.ts';
import {
  accessRequest,
  ada,
  answer,
  asking,
  deleteRequest,
  owners,
  person,
  testApprovals,
} from './testing.ts';

/**
 * Random interleavings of grants, and of data that changes while a statement is held, against the real store: what
 * happens in one batch happens at once. As in `state-machine.test.ts`, the model foretells nothing; it checks each
 * run against what was given.
 */
const [olga, omar] = owners;
const GRANT_SECONDS = 60;

/** How many rows the statement would hit: others fill and empty the table that it reads. */
const rowsThere = fc.constantFrom(0, 1, 2, 3, 7);
/** Who asks, with what. */
const askers = {
  same: (request: ApprovalRequest) => request,
  'another agent': (request: ApprovalRequest) => client(request, { agent: 'cursor' }),
  'another program': (request: ApprovalRequest) => client(request, { application: 'mcp' }),
  'another token client': (request: ApprovalRequest) => identity(request, { tokenClient: 'ci' }),
  'somebody else': (request: ApprovalRequest) => identity(request, person('bob', ['analysts'])),
  'a wider statement': (request: ApprovalRequest) => ({ ...request, sql: `${request.sql} OR TRUE` }),
  'another column': (request: ApprovalRequest) =>
    means(request, { uses: [{ ...use(request), as: 'compare' }] }),
  'another write': (request: ApprovalRequest) =>
    means(request, { writes: [...writes(request), update(request)] }),
} as const satisfies Record<string, (request: ApprovalRequest) => ApprovalRequest>;
type Asker = keyof typeof askers;

const operation = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('hold'),
      needed: fc.constantFrom(1, 1, 2),
      /** What approvers are told; null: it could not be counted. */
      shown: fc.constantFrom<number | null>(null, 1, 2, 3),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant('approve'),
      statement: fc.constantFrom(0, 0, 1),
      by: fc.constantFrom<'olga' | 'omar'>('olga', 'omar'),
      named: fc.constantFrom<number | null>(null, 1, 3),
      grant: fc.boolean(),
      inAll: fc.constantFrom<number | null>(null, 4, 9),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ op: fc.constant('run'), statement: fc.constantFrom(0, 0, 1), there: rowsThere }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      op: fc.constant('use'),
      asker: fc.constantFrom<Asker>(...Array<'same'>(9).fill('same'), ...(Object.keys(askers) as Asker[])),
      there: rowsThere,
      settles: fc.constantFrom(true, true, false),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('revoke'), by: fc.constantFrom<'olga' | 'ada'>('olga', 'ada') }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('tick') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('askAhead'),
      needed: fc.constantFrom(1, 2),
      /** Seconds from now; null: once it is approved. */
      after: fc.constantFrom<number | null>(null, null, 1, GRANT_SECONDS - 1),
      rows: fc.constantFrom(1, 3),
      inAll: fc.constantFrom(3, 9),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      op: fc.constant('agree'),
      to: fc.constantFrom(0, 0, 1),
      by: fc.constantFrom<'olga' | 'omar'>('olga', 'omar'),
      rows: fc.constantFrom<number | null>(null, null, 1, 2),
      inAll: fc.constantFrom<number | null>(null, null, 2, 8),
      seconds: fc.constantFrom<number | null>(null, null, 2),
    }),
  },
);
const step = fc.oneof(
  { weight: 7, arbitrary: fc.record({ batch: fc.array(operation, { minLength: 1, maxLength: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ seconds: fc.constantFrom(1, GRANT_SECONDS - 1, GRANT_SECONDS) }) },
  { weight: 1, arbitrary: fc.record({ restart: fc.constant(true) }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Access that was asked for, and the least of what those who agreed have named. */
interface Ahead {
  readonly id: ApprovalId;
  readonly needed: number;
  readonly from: number | null;
  rows: number;
  inAll: number;
  seconds: number;
  readonly people: Set<string>;
}

interface Held {
  request: ApprovalRequest;
  id: ApprovalId;
  readonly needed: number;
  readonly shown: number | null;
  /** Of this request, by whom. */
  approvals: { readonly by: string; readonly most: number | null }[];
  /** Rows that it has changed: null while it has not. */
  changed: number | null;
}

it('lets nothing through beyond what was given, however often, at once, and whatever the data does', async () => {
  const seen = { ran: 0, takenBack: 0, used: 0, usedAhead: 0, exhausted: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
      const counts = await play(steps);
      for (const key of Object.keys(seen) as (keyof typeof seen)[]) seen[key] += counts[key];
    }),
    { numRuns: 120 },
  );
  // A model in which these never happened would have shown nothing.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(5);
});

async function play(steps: readonly Step[]) {
  const counts = { ran: 0, takenBack: 0, used: 0, usedAhead: 0, exhausted: 0, refused: 0 };
  const held: Held[] = [];
  const ahead: Ahead[] = [];
  let asked = 0;
  /** Rows that each grant has let through, and those that it may still. */
  const hits = new Map<string, number>();
  const revoked = new Map<string, number>();
  const estimates = new Map<string, number | null>();
  const estimate = async ({ queryId, again }: ApprovalRequest): Promise<Estimate | null> => {
    const rows = estimates.get(`${queryId} ${again === null}`) ?? null;
    return { rows, bytes: null, partitions: null, note: '', at: 0 };
  };
  let desk = await testApprovals({ estimate });

  const hold = async (request: ApprovalRequest, needed: number, shown: number | null): Promise<Held> => {
    estimates.set(`${request.queryId} ${request.again === null}`, shown);
    const { promise, resolve } = Promise.withResolvers<ApprovalId>();
    const waiting = desk.approvals.hold(request, new AbortController().signal, (it) =>
      resolve(it.approvalId),
    );
    const id = await Promise.race([promise, waiting.then(() => promise)]);
    // What is shown is there before anybody decides: that they differ is another test's matter.
    await expect
      .poll(async () => (await desk.approvals.find(olga, id)).estimate, { interval: 1 })
      .not.toBeNull();
    return { request, id, needed, shown, approvals: [], changed: null };
  };

  const act = async (given: Operation, number: number): Promise<unknown> => {
    switch (given.op) {
      case 'tick':
        return await desk.approvals.tick();
      case 'hold': {
        const terms = { ...TERMS, needed: given.needed };
        return held.push(await hold(deleteRequest(ada, terms), given.needed, given.shown));
      }
      case 'approve':
        return await approve(given, held[held.length - 1 - given.statement]);
      case 'run':
        return await run(given, held[held.length - 1 - given.statement]);
      case 'askAhead': {
        const { needed, after, rows, inAll } = given;
        const from = after === null ? null : desk.clock.now + after * 1000;
        const terms = {
          purpose: `the request of number ${(asked += 1)}`,
          seconds: GRANT_SECONDS,
          from: from === null ? null : new Date(from).toISOString(),
          rows,
          rowsInAll: inAll,
        };
        const { id } = await desk.approvals.askAhead(accessRequest(ada, { ...TERMS, needed }, terms), asking);
        const people = new Set<string>();
        return ahead.push({ id, needed, from, rows, inAll, seconds: GRANT_SECONDS, people });
      }
      case 'agree':
        return await agree(given, ahead[ahead.length - 1 - given.to]);
      case 'use':
        return await useGrant(given, number);
      case 'revoke': {
        const who = given.by === 'olga' ? olga : ada;
        const [grant] = await desk.grants.list(who);
        if (grant === undefined) return undefined;
        await desk.grants.revoke(who, grant.id);
        return revoked.set(grant.id, Math.min(number, revoked.get(grant.id) ?? number));
      }
      default:
        return given satisfies never;
    }
  };

  const approve = async (given: Extract<Operation, { op: 'approve' }>, target: Held | undefined) => {
    if (target === undefined) return;
    const by: Identity = { olga, omar }[given.by];
    const { id } = target;
    const approval = await desk.approvals.find(by, id);
    const grant = given.grant ? { grantSeconds: GRANT_SECONDS, grantRows: given.inAll } : {};
    await desk.approvals.decide(by, id, answer(approval, 'approve', { mostRows: given.named, ...grant }));
    must(!given.grant || given.named !== null || target.shown !== null, 'a grant for any number of rows');
    if (target.id === id) target.approvals.push({ by: given.by, most: given.named ?? target.shown });
  };

  const agree = async (given: Extract<Operation, { op: 'agree' }>, target: Ahead | undefined) => {
    if (target === undefined) return;
    const by: Identity = { olga, omar }[given.by];
    const approval = await desk.approvals.find(by, target.id);
    const named = { mostRows: given.rows, grantRows: given.inAll, grantSeconds: given.seconds };
    // Noted first: the grant may be used before the answer is here.
    const before = { ...target };
    target.people.add(given.by);
    target.rows = Math.min(target.rows, given.rows ?? target.rows);
    target.inAll = Math.min(target.inAll, given.inAll ?? target.inAll);
    target.seconds = Math.min(target.seconds, given.seconds ?? target.seconds);
    await desk.approvals.decide(by, target.id, answer(approval, 'approve', named)).catch((error: unknown) => {
      if (before.people.size >= before.needed) Object.assign(target, { ...before });
      throw error;
    });
  };

  /** What was asked for ahead is given by people enough, and never more of it than each of them has named. */
  const checkAhead = (grant: Grant) => {
    const target = ahead.find(({ id }) => id === grant.approval);
    if (target === undefined) return;
    counts.usedAhead += 1;
    must(desk.clock.now >= grant.startsAt, 'access was used before it began');
    must(target.people.size >= target.needed, 'access was used that too few people gave');
    const begins = target.from ?? grant.givenAt;
    must(grant.startsAt === Math.max(begins, grant.givenAt), 'it begins when nobody asked for it');
    must(grant.expiresAt <= begins + GRANT_SECONDS * 1000, 'it lasts for longer than was asked for');
  };

  /** As the gate does: it is used up, runs within its bound or is taken back, and then is asked about anew. */
  const run = async ({ there }: Extract<Operation, { op: 'run' }>, target: Held | undefined) => {
    if (target === undefined) return;
    const { id, approvals, needed } = target;
    const { mostRows } = await desk.use(id, target.request);
    must(target.changed === null, 'it ran twice');
    must(target.id === id, 'an approval of an earlier request was used');
    must(new Set(approvals.map(({ by }) => by)).size >= needed, 'it ran without enough people');
    if (mostRows !== null && there > mostRows) {
      counts.takenBack += 1;
      const request = { ...target.request, again: { rows: mostRows } };
      const next = await hold(request, needed, there);
      must(next.id !== id, 'a used approval is asked about again');
      Object.assign(target, next);
      return;
    }
    counts.ran += 1;
    target.changed = there;
    for (const { most } of approvals)
      must(most === null || there <= most, 'it changed more than an approver let it');
  };

  const useGrant = async ({ asker, there, settles }: Extract<Operation, { op: 'use' }>, number: number) => {
    const request = askers[asker]({ ...deleteRequest(ada, TERMS), queryId: randomUUID() });
    const before = await desk.grants.list(ada);
    const use = await desk.useGrant(request);
    if (use === null) {
      if (before.some(({ rowsLeft }) => rowsLeft === 0)) counts.exhausted += 1;
      counts.refused += 1;
      return;
    }
    must(asker === 'same', `${asker} used a grant`);
    const { grant, rows } = use;
    counts.used += 1;
    must(desk.clock.now < grant.expiresAt, 'a grant was used after its end');
    checkAhead(grant);
    must((revoked.get(grant.id) ?? Infinity) >= number, 'a grant was used after it was taken back');
    must(rows >= 1 && rows <= grant.rows, 'a statement may hit more than was granted for each');
    checkGrant(grant);
    const hit = there > rows ? 0 : there; // taken back
    const counted = settles ? Math.max(1, hit) : rows;
    hits.set(grant.id, (hits.get(grant.id) ?? 0) + counted);
    must(hits.get(grant.id)! <= grant.rowsInAll, 'all statements have hit more than was granted');
    if (settles) await use.settle(hit);
  };

  for (const [number, one] of steps.entries()) {
    if ('seconds' in one) desk.clock.now += one.seconds * 1000;
    else if ('restart' in one) {
      desk.approvals.stop();
      const { opened: store, clock, recorder } = desk;
      desk = await testApprovals({ store, clock, recorder, estimate });
    } else {
      const results = await Promise.allSettled(one.batch.map((given) => act(given, number)));
      for (const result of results) if (result.status === 'rejected') expectOurs(result.reason);
    }
  }
  // What is left is what nobody has used: nothing was given back that was not taken.
  for (const grant of await desk.grants.list(ada))
    must(
      grant.rowsLeft + (hits.get(grant.id) ?? 0) === grant.rowsInAll,
      'rows came from nowhere, or were lost',
    );
  expect(desk.errors).toEqual([]);
  await desk.store.close();
  return counts;
}

const TERMS = {
  grantUpToSeconds: 3600,
  accessUpToSeconds: 14_400,
  grantRows: 9,
  expiresAfterSeconds: 900,
  validForSeconds: 900,
};

function checkGrant({ rows, rowsInAll, givenBy, bounds }: Grant): void {
  must(rows <= 9 && rowsInAll <= 9, 'more rows than the policy lets anybody grant');
  must(givenBy.length > 0 && bounds.agent === 'copilot', 'a grant of nobody, or to another agent');
}

function client(
  request: ApprovalRequest,
  change: Partial<ApprovalRequest['session']['client']>,
): ApprovalRequest {
  return { ...request, session: { ...request.session, client: { ...request.session.client, ...change } } };
}

function identity(request: ApprovalRequest, change: Partial<Identity>): ApprovalRequest {
  return {
    ...request,
    session: { ...request.session, identity: { ...request.session.identity, ...change } },
  };
}

function means(request: ApprovalRequest, change: Partial<ApprovalRequest['understanding']>): ApprovalRequest {
  return { ...request, understanding: { ...request.understanding, ...change } };
}

function use({ understanding }: ApprovalRequest) {
  return understanding.uses[0]!;
}

function writes({ understanding }: ApprovalRequest) {
  return understanding.writes;
}

function update(request: ApprovalRequest) {
  return { ...writes(request)[0]!, how: 'update', columns: ['EMAIL'] } as const;
}

function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

function expectOurs(error: unknown): void {
  if ((error as Error).name !== 'SluiceError') throw error;
}
