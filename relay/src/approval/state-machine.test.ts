import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SluiceError } from '../errors.ts';
import type { Identity } from '../identity/index.ts';
import { type ApprovalId, isAccess } from './approval.ts';
import type { ApprovalRequest } from './approval-request.ts';
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
 * Random interleavings against the real store: what happens in one batch happens at once. The model does
 * not foretell states; it keeps what succeeded, and checks each run of a statement against it.
 */
const [olga, omar] = owners;
const voters = {
  olga,
  omar,
  olgaAgain: person('olga-2', ['owners'], { email: 'olga@example.com' }),
  requester: person('ada', ['owners', 'admins']),
  requesterByMail: person('ada-2', ['owners'], { email: 'ada@example.com' }),
  outsider: person('mallory', ['analysts']),
} as const;
type Voter = keyof typeof voters;
const HONEST: readonly Voter[] = ['olga', 'omar', 'olgaAgain'];

const EXPIRES = 100;
const VALID = 30;

/** Counted back from the newest. */
const statement = fc.constantFrom(0, 0, 0, 1, 2);
const operation = fc.oneof(
  { weight: 3, arbitrary: fc.record({ op: fc.constant('hold'), needed: fc.constantFrom(1, 1, 2) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      op: fc.constant('decide'),
      statement,
      voter: fc.constantFrom(...HONEST, ...(Object.keys(voters) as Voter[])),
      verdict: fc.constantFrom(...Array<'approve'>(7).fill('approve'), 'deny' as const),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      op: fc.constant('consume'),
      statement,
      changed: fc.constantFrom(...Array<boolean>(6).fill(false), true),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('abort'), statement }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('askAhead'), needed: fc.constantFrom(1, 1, 2) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant('decideAhead'),
      statement,
      voter: fc.constantFrom(...HONEST, ...(Object.keys(voters) as Voter[])),
      verdict: fc.constantFrom(...Array<'approve'>(7).fill('approve'), 'deny' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('runAhead'),
      statement,
      how: fc.constantFrom('consume' as const, 'withdraw' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('revoke'), voter: fc.constantFrom<Voter>('olga', 'omar') }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('tick') }) },
);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ batch: fc.array(operation, { minLength: 1, maxLength: 5 }) }) },
  { weight: 2, arbitrary: fc.record({ seconds: fc.constantFrom(1, 10, VALID - 1, VALID, EXPIRES) }) },
  { weight: 1, arbitrary: fc.record({ restart: fc.constant(true) }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Held {
  readonly id: ApprovalId;
  readonly request: ApprovalRequest;
  readonly askedAt: number;
  readonly binding: string;
  readonly abort: AbortController;
  readonly approvals: { readonly voter: Voter; readonly at: number }[];
  isDenied: boolean;
  ran: number;
}

/** Access that is asked for ahead: none of it ever runs. */
interface Ahead {
  readonly id: ApprovalId;
  readonly queryId: string;
  readonly binding: string;
  readonly needed: number;
  readonly askedAt: number;
  readonly approvals: { readonly voter: Voter; readonly at: number }[];
  isOver: boolean;
}

it('never runs a statement twice, unapproved, too late, or on the word of who asked', async () => {
  const ever = { ran: 0, granted: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 50 }), async (steps) => {
      const { ran, granted } = await play(steps);
      ever.ran += ran;
      ever.granted += granted;
    }),
    { numRuns: 200 },
  );
  // A model in which nothing ever ran would have shown nothing.
  expect(ever.ran).toBeGreaterThan(50);
  expect(ever.granted).toBeGreaterThan(50);
});

async function play(steps: readonly Step[]): Promise<{ readonly ran: number; readonly granted: number }> {
  /** Since which step. */
  const revoked = new Map<Voter, number>();
  const confirmIdentity = ({ subject }: Identity) => {
    if (revoked.has(subject as Voter)) throw new SluiceError('identity_revoked', 'revoked');
  };
  let desk = await testApprovals({ confirmIdentity });
  const held: Held[] = [];
  const ahead: Ahead[] = [];
  let asked = 0;
  /** Of each grant: since which step there have been people enough for it. */
  const granted = new Set<string>();

  const askAhead = async (needed: number) => {
    const terms = { purpose: `the request of number ${(asked += 1)}`, rows: 1, rowsInAll: 5 };
    const request = accessRequest(
      ada,
      { needed, expiresAfterSeconds: EXPIRES, validForSeconds: VALID },
      terms,
    );
    const { id, binding } = await desk.approvals.askAhead(request, asking);
    const { queryId } = request;
    ahead.push({ id, queryId, binding, needed, askedAt: desk.clock.now, approvals: [], isOver: false });
  };

  const actAhead = async (
    operation: Extract<Operation, { op: 'decideAhead' | 'runAhead' }>,
    target: Ahead | undefined,
  ): Promise<unknown> => {
    if (target === undefined) return undefined;
    if (operation.op === 'decideAhead') {
      const { voter, verdict } = operation;
      await desk.approvals.decide(voters[voter], target.id, answer(target, verdict));
      must(HONEST.includes(voter), `${voter} decided on access`);
      must(!target.isOver, 'access was decided on after it was over');
      if (verdict === 'deny') target.isOver = true;
      else target.approvals.push({ voter, at: desk.clock.now });
      return undefined;
    }
    if (operation.how === 'withdraw') {
      await desk.approvals.withdraw(ada, target.id);
      target.isOver = true;
      return undefined;
    }
    await desk.use(target.id, { ...deleteRequest(), queryId: target.queryId });
    throw new Error('what was only asked about ahead was used to run');
  };

  /** Each grant there is was given for one request, by people enough, in time. */
  const checkGrants = async (number: number) => {
    for (const grant of await desk.grants.list(ada)) {
      if (granted.has(grant.id)) continue;
      granted.add(grant.id);
      const target = ahead.find(({ id }) => id === grant.approval);
      if (target === undefined) throw new Error('a grant that nobody asked for');
      const people = new Set(target.approvals.map(({ voter }) => voters[voter].person['email']));
      must(people.size >= target.needed, 'access was given without enough people');
      const counting = target.approvals.filter(({ voter }) => (revoked.get(voter) ?? Infinity) >= number);
      must(new Set(counting.map(({ voter }) => voter)).size >= target.needed, 'a revoked person gave access');
      const last = Math.max(...target.approvals.map(({ at }) => at));
      must(last < target.askedAt + EXPIRES * 1000, 'access was given after the request had expired');
    }
  };

  const hold = async (needed: number) => {
    const request = deleteRequest(ada, { needed, expiresAfterSeconds: EXPIRES, validForSeconds: VALID });
    const abort = new AbortController();
    const { id } = await holdDurably(desk, request, abort.signal);
    const { binding } = await desk.approvals.find(olga, id);
    held.push({
      id,
      request,
      binding,
      abort,
      askedAt: desk.clock.now,
      approvals: [],
      isDenied: false,
      ran: 0,
    });
  };

  const run = async (operation: Operation, number: number): Promise<unknown> => {
    switch (operation.op) {
      case 'hold':
        return hold(operation.needed);
      case 'tick':
        return desk.approvals.tick();
      case 'askAhead':
        return askAhead(operation.needed);
      case 'decideAhead':
      case 'runAhead':
        return actAhead(operation, ahead[ahead.length - 1 - operation.statement]);
      case 'revoke': {
        const { voter } = operation;
        revoked.set(voter, Math.min(number, revoked.get(voter) ?? number));
        return desk.approvals.revoked(({ id }) => id === voters[voter].id);
      }
      default:
        return act(operation, held[held.length - 1 - operation.statement], number);
    }
  };

  const act = async (
    operation: Extract<Operation, { op: 'abort' | 'decide' | 'consume' }>,
    target: Held | undefined,
    number: number,
  ): Promise<unknown> => {
    if (target === undefined) return undefined;
    switch (operation.op) {
      case 'abort':
        target.abort.abort();
        return undefined;
      case 'decide': {
        const { voter, verdict } = operation;
        await desk.approvals.decide(voters[voter], target.id, answer(target, verdict));
        must(HONEST.includes(voter), `${voter} decided`);
        if (verdict === 'deny') target.isDenied = true;
        else target.approvals.push({ voter, at: desk.clock.now });
        return undefined;
      }
      case 'consume': {
        const { changed } = operation;
        const request = changed ? { ...target.request, sql: `${target.request.sql} ` } : target.request;
        await desk.use(target.id, request);
        checkRun(target, changed, number);
        return undefined;
      }
      default:
        return operation satisfies never;
    }
  };

  const checkRun = (target: Held, changed: boolean, number: number) => {
    target.ran += 1;
    must(target.ran === 1, 'it ran twice');
    must(!changed, 'it ran though it had changed');
    must(!target.isDenied, 'it ran though it was denied');
    // Whatever is in the same batch may have come before or after.
    const counting = target.approvals.filter(({ voter }) => (revoked.get(voter) ?? Infinity) >= number);
    const people = new Set(counting.map(({ voter }) => voters[voter].person['email']));
    must(people.size >= target.request.decision.ask.needed, 'it ran without enough people');
    const last = Math.max(...counting.map(({ at }) => at));
    must(desk.clock.now < last + VALID * 1000, 'it ran after the approval had expired');
    must(last < target.askedAt + EXPIRES * 1000, 'it was approved after the request had expired');
  };

  for (const [number, step] of steps.entries()) {
    if ('seconds' in step) desk.clock.now += step.seconds * 1000;
    else if ('restart' in step) {
      desk.approvals.stop();
      const { opened: store, clock, recorder } = desk;
      desk = await testApprovals({ store, clock, recorder, confirmIdentity });
      const pending = await desk.approvals.held();
      must(!pending.some((one) => isAccess(one)), 'access was taken for a statement that waits');
      // Every client's poll picks up again.
      await Promise.all(
        pending.map(async ({ request, id }) => {
          const again = await holdDurably(desk, request, new AbortController().signal);
          must(again.id === id, 'a restart lost a request');
        }),
      );
    } else {
      const results = await Promise.allSettled(step.batch.map((operation) => run(operation, number)));
      for (const result of results) if (result.status === 'rejected') expectOurs(result.reason);
      await checkGrants(number);
    }
  }
  desk.approvals.stop();
  // What nobody waited for, such as the cancelling of what a client went away from, is over by then.
  for (let count = 0; count < 3; count += 1)
    await desk.store.transaction(async (tx) => tx.tell({ topic: 'review', key: '' }));
  expect(desk.errors).toEqual([]);
  await desk.store.close();
  return { ran: held.reduce((sum, { ran }) => sum + ran, 0), granted: granted.size };
}

function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

function expectOurs(error: unknown): void {
  if ((error as Error).name !== 'SluiceError') throw error;
}

/** Unlike a client, does not wait for the outcome. */
function holdDurably(
  { approvals }: Awaited<ReturnType<typeof testApprovals>>,
  request: ApprovalRequest,
  signal: AbortSignal,
): Promise<{ id: ApprovalId }> {
  return new Promise((resolve, reject) => {
    approvals.hold(request, signal, ({ approvalId }) => resolve({ id: approvalId })).catch(reject);
  });
}
