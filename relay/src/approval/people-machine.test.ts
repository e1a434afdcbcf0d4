import { generateKeyPairSync, sign } from 'node:crypto';
import { decisionBytes, enrolmentBytes, type EventBody } from '@sluice/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRevocations, type Identity, sameness } from '../identity/index.ts';
import { deviceCheck } from '../recording/verify/device-check.ts';
import { noticesOn } from '../recording/testing/test-notices.ts';
import { openTestStore } from '../store/testing/open-test-store.ts';
import type { ApprovalId } from './approval.ts';
import type { ApprovalRequest } from './approval-request.ts';
import { INTEGRATION_ISSUER } from './index.ts';
import { answer, deleteRequest, NINE, person, testApprovals, testRecorder } from './testing.ts';

/**
 * People with several accounts, devices and other people's words, in random interleavings against the real stores:
 * what is in one batch happens at once. The model knows whose each account really is, which the relay does not.
 */
const A = 'https://id.example';
const B = 'https://saml.example';

interface Account {
  readonly human: 'ada' | 'olga' | 'omar' | 'sam';
  readonly identity: Identity;
}

function account(human: Account['human'], subject: string, issuer: string, names: string): Account {
  const numbers = { ada: '1', olga: '2', omar: '3', sam: '4' };
  const groups = human === 'sam' ? ['owners', 'security'] : ['owners', 'analysts'];
  const all = {
    email: names.includes('e') ? `${human}@example.com` : null,
    employee: names.includes('n') ? numbers[human] : null,
  };
  // One issuer is configured to give addresses and numbers, the other numbers alone.
  const named = issuer === A ? all : { employee: all.employee };
  return { human, identity: person(subject, groups, { issuer, person: named }) };
}

const accounts: readonly Account[] = [
  account('ada', 'ada', A, 'en'),
  account('ada', 'ADA ', A, ''),
  account('ada', 'a.d.a', A, 'e'),
  account('ada', 'a-1', B, 'n'),
  account('olga', 'olga', A, 'en'),
  account('olga', 'Olga', A, 'e'),
  account('olga', 'o-2', B, 'n'),
  account('olga', 'olga-admin', A, ''),
  account('omar', 'omar', A, 'en'),
  account('omar', 'o-3', B, 'n'),
  account('omar', 'omar-2', A, 'n'),
  account('sam', 'sam', A, 'en'),
  account('sam', 's-4', B, 'n'),
  account('sam', 'sam-2', B, ''),
];
const who = fc.nat(accounts.length - 1);
/** Counted back from the newest. */
const recent = fc.constantFrom(0, 0, 0, 1, 2);
const operation = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant('hold'),
      who: fc.constantFrom(0, 0, 1, 2, 3, 4),
      needed: fc.constantFrom(1, 2),
      signed: fc.boolean(),
    }),
  },
  {
    weight: 30,
    arbitrary: fc.record({
      op: fc.constant('decide'),
      who,
      statement: recent,
      device: fc.constantFrom<'own' | number | null>('own', 'own', 'own', 0, 1, null),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant('integrate'),
      human: fc.constantFrom<Account['human']>('ada', 'olga', 'omar'),
      statement: recent,
    }),
  },
  { weight: 14, arbitrary: fc.record({ op: fc.constant('consume'), statement: recent }) },
  {
    weight: 18,
    arbitrary: fc.record({
      op: fc.constant('enrol'),
      who,
      by: fc.constantFrom<'own' | number | null>('own', 'own', null, null, 0),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({ op: fc.constant('vouch'), who: fc.oneof(who, fc.constant(11)), request: recent }),
  },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('drop'), who, device: recent }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('revoke'), who }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ batch: fc.array(operation, { minLength: 1, maxLength: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ restart: fc.constant(true) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Held {
  readonly id: ApprovalId;
  readonly request: ApprovalRequest;
  readonly binding: string;
  readonly by: Account;
  /** Of whom a vote was taken, and in which step. */
  readonly votes: { readonly human: Account['human']; readonly identity: Identity }[];
}

interface Known {
  readonly key: string;
  readonly sign: (bytes: Uint8Array) => string;
  readonly owner: Account;
  /** By which step it was taken away; null while it is there. */
  gone: number | null;
}

it('never lets a person count for two, decide for themselves, or sign with a device that nobody vouched for', async () => {
  const seen = { ran: 0, vouched: 0, signed: 0, revoked: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 20, maxLength: 40 }),
      fc.boolean(),
      async (steps, firstUse) => {
        const there = await play(steps, firstUse);
        for (const key of Object.keys(seen) as (keyof typeof seen)[]) seen[key] += there[key];
      },
    ),
    { numRuns: 60 },
  );
  // A model in which nothing of it ever happened would have shown nothing.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(5);
});

async function play(steps: readonly Step[], firstUse: boolean) {
  const seen = { ran: 0, vouched: 0, signed: 0, revoked: 0 };
  const { store } = await openTestStore();
  const clock = { now: NINE };
  const recorder = testRecorder();
  let isOver = false;
  const open = async () => {
    recorder.on(store);
    const revocations = await createRevocations({
      store: { ...store, transaction: recorder.transaction },
      relaySession: 'relay',
      notices: noticesOn(recorder),
      now: () => clock.now,
      clockToleranceMs: 30_000,
      onError: (error) => {
        // Relays of before a restart go on listening.
        if (!isOver) throw error;
      },
    });
    const desk = await testApprovals({
      store,
      clock,
      recorder,
      firstUse,
      confirmIdentity: revocations.check,
    });
    revocations.onRevoked(async (_, isRevoked) => desk.approvals.revoked(isRevoked));
    return { ...desk, revocations };
  };
  let desk = await open();
  for (const { identity } of accounts) await desk.revocations.note(identity);
  const held: Held[] = [];
  const devices: Known[] = [];
  const revoked: { readonly identity: Identity; readonly step: number }[] = [];
  const last = <T>(list: readonly T[], back: number) => list[list.length - 1 - back];

  /** The newest of an account's own, or whosever it is. */
  const chosen = (which: 'own' | number | null, of: Account) => {
    if (which === null) return undefined;
    return which === 'own' ? devices.findLast(({ owner }) => owner === of) : last(devices, which);
  };

  /** Whether they were out before this step: by their own id, or by a name of theirs. */
  const wasOut = (identity: Identity, number: number) =>
    revoked.some((one) => one.step < number && sameness(one.identity, identity).is === 'same');

  const enrolledBefore = new Map<string, number>();
  const run = async (operation: Operation, number: number): Promise<void> => {
    switch (operation.op) {
      case 'hold': {
        const by = accounts[operation.who]!;
        const { needed, signed } = operation;
        const request = deleteRequest(by.identity, { needed, signed });
        const { id } = await holdDurably(desk, request);
        const { binding } = await desk.approvals.find(by.identity, id);
        held.push({ id, request, binding, by, votes: [] });
        return;
      }
      case 'decide': {
        const target = last(held, operation.statement);
        const voter = accounts[operation.who]!;
        if (target === undefined) return;
        const device = chosen(operation.device, voter);
        const plain = answer(target);
        const decidedAt = new Date(clock.now).toISOString();
        const bytes = decisionBytes({ ...plain, approval: target.id, decidedAt });
        const signature = device && {
          key: device.key,
          algorithm: 'Ed25519' as const,
          value: device.sign(bytes),
          decidedAt,
        };
        await desk.approvals.decide(voter.identity, target.id, { ...plain, signature: signature ?? null });
        voted(target, voter, number);
        const { signed } = target.request.decision.ask;
        must(!signed || device !== undefined, 'an unsigned vote was taken where one had to be signed');
        if (device === undefined) return;
        seen.signed += 1;
        must(device.owner === voter, 'somebody signed with another account’s device');
        must(device.gone === null || device.gone >= number, 'a device that was gone signed');
        return;
      }
      case 'integrate': {
        const target = last(held, operation.statement);
        if (target === undefined) return;
        const { human } = operation;
        const email = `${human}@example.com`;
        const identity = person('tickets', ['owners'], {
          issuer: INTEGRATION_ISSUER,
          kind: 'workload',
          email,
        });
        await desk.approvals.decide(identity, target.id, answer(target));
        voted(target, { human, identity }, number);
        must(!target.request.decision.ask.signed, 'an integration signed');
        return;
      }
      case 'consume': {
        const target = last(held, operation.statement);
        if (target === undefined) return;
        await desk.use(target.id, target.request);
        seen.ran += 1;
        const counting = target.votes.filter(({ identity }) => !wasOut(identity, number));
        const people = new Set(counting.map(({ human }) => human));
        must(people.size >= target.request.decision.ask.needed, 'it ran without enough people');
        must(!people.has(target.by.human), 'it ran on the word of who asked');
        must(!wasOut(target.by.identity, number), 'it ran for somebody who was out');
        return;
      }
      case 'enrol': {
        const owner = accounts[operation.who]!;
        const by = chosen(operation.by, owner);
        const made = newKey();
        const at = new Date(clock.now).toISOString();
        const bytes = enrolmentBytes({ identity: owner.identity.id, key: made.key, at });
        const vouchedBy = by ? { key: by.key, signature: by.sign(bytes) } : null;
        const enrolment = { key: made.key, name: 'laptop', at, proof: made.sign(bytes), vouchedBy };
        const { outcome } = await desk.devices.enrol(owner.identity, enrolment);
        keys.set(made.key, made);
        if (outcome === 'waits') return;
        const { id } = owner.identity;
        if (by === undefined) {
          must(firstUse, 'a first device was taken on its own word');
          must((enrolledBefore.get(id) ?? 0) === 0, 'a device was a person’s first for the second time');
        } else {
          must(by.owner === owner, 'another account’s device vouched');
          must(by.gone === null || by.gone >= number, 'a device that was gone vouched');
        }
        enrolledBefore.set(id, (enrolledBefore.get(id) ?? 0) + 1);
        devices.push({ ...made, owner, gone: null });
        return;
      }
      case 'vouch': {
        const voucher = accounts[operation.who]!;
        const requests = await desk.devices.requests(accounts[11]!.identity);
        const request = last(requests, operation.request);
        if (request === undefined) return;
        const owner = accounts.find(
          ({ identity }) => identity.id === request.owner.id && identity.subject === request.owner.subject,
        )!;
        await desk.devices.vouch(voucher.identity, request.id, 'they called me');
        seen.vouched += 1;
        must(voucher.human === 'sam', 'somebody of other groups vouched');
        must(owner.human !== 'sam', 'somebody vouched for themselves');
        must(!wasOut(owner.identity, number), 'somebody who was out got a device');
        for (const device of devices) {
          if (device.owner === owner && device.gone === null) device.gone = number;
        }
        enrolledBefore.set(request.owner.id, (enrolledBefore.get(request.owner.id) ?? 0) + 1);
        devices.push({ ...keys.get(request.enrolment.key)!, owner, gone: null });
        return;
      }
      case 'drop': {
        const owner = accounts[operation.who]!;
        const device = last(devices, operation.device);
        if (device === undefined) return;
        await desk.devices.revoke(owner.identity, device.key);
        must(device.owner === owner, 'somebody took away another account’s device');
        device.gone ??= number;
        return;
      }
      case 'revoke': {
        const { identity } = accounts[operation.who]!;
        revoked.push({ identity, step: number });
        await desk.revocations.revoke({
          target: { type: 'subject', identity: identity.id },
          reason: 'left',
          by: 'x',
        });
        seen.revoked += 1;
        return;
      }
      default:
        operation satisfies never;
    }
  };
  const keys = new Map<string, Pick<Known, 'key' | 'sign'>>();

  const voted = (target: Held, voter: { human: Account['human']; identity: Identity }, number: number) => {
    must(voter.human !== target.by.human, `${voter.identity.id} decided on their own request`);
    const again = target.votes.find(({ human }) => human === voter.human);
    must(again === undefined || wasOut(again.identity, number + 1), `${voter.human} voted twice`);
    must(!wasOut(voter.identity, number), 'somebody who was out voted');
    target.votes.push(voter);
  };

  for (const [number, step] of steps.entries()) {
    if ('restart' in step) {
      desk.approvals.stop();
      desk = await open();
      await Promise.all((await desk.approvals.held()).map(({ request }) => holdDurably(desk, request)));
    } else {
      const results = await Promise.allSettled(step.batch.map((operation) => run(operation, number)));
      for (const result of results) if (result.status === 'rejected') expectOurs(result.reason);
    }
  }
  expect(desk.errors).toEqual([]);
  await provesItself(recorder.bodies);
  isOver = true;
  await store.close();
  return seen;
}

/** What a verifier finds wrong with the devices on the record, and with what was signed with them: nothing. */
async function provesItself(bodies: readonly EventBody[]): Promise<void> {
  const place = {
    version: 1 as const,
    session: '',
    at: new Date(NINE).toISOString(),
    previous: '',
    hash: '',
    salt: '',
  };
  const events = bodies.map((body, seq) => ({
    event: { ...place, seq, body },
    position: seq,
    isSigned: true,
  }));
  const check = await deviceCheck(events, { complete: true, checkpoints: [] });
  expect(check.problems).toEqual([]);
  for (const [position, body] of bodies.entries()) {
    if (body.type !== 'approval_decided' || body.signature === null) continue;
    const { key } = body.signature;
    expect(check.objection({ key, by: body.by.id, at: place.at, position })).toBeNull();
  }
}

function newKey() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  return { key, sign: (bytes: Uint8Array) => sign(null, bytes, privateKey).toString('base64') };
}

function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

function expectOurs(error: unknown): void {
  if ((error as Error).name !== 'SluiceError') throw error;
}

/** Unlike a client, does not wait for the outcome. */
function holdDurably(
  { approvals }: Pick<Awaited<ReturnType<typeof testApprovals>>, 'approvals'>,
  request: ApprovalRequest,
): Promise<{ id: ApprovalId }> {
  return new Promise((resolve, reject) => {
    approvals
      .hold(request, new AbortController().signal, ({ approvalId }) => resolve({ id: approvalId }))
      .catch(reject);
  });
}
