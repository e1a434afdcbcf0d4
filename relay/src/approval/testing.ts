import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { AccessTerms, EventBody, SessionEvent } from '@sluice/contract';
import { type Identity, identityId, mailbox } from '../identity/index.ts';
import type { AskTerms } from '../policy/index.ts';
import { devicesIn, type FollowedEvents, type Recording, type Story } from '../recording/index.ts';
import type { Session, SessionId } from '../session/index.ts';
import { memberShown, shown } from '../text/index.ts';
import type { Store, StoreTransaction } from '../store/index.ts';
import { noticesOn } from '../recording/testing/test-notices.ts';
import { openTestStore } from '../store/testing/open-test-store.ts';
import {
  type AccessRequest,
  APPROVAL_STORY,
  type ApprovalId,
  type ApprovalRequest,
  createApprovals,
  createDevices,
  createGrants,
  createOpenings,
  GRANT_STORY,
  type HeldApproval,
  OPENING_STORY,
} from './index.ts';

/** People, statements and a whole approval part for tests, with a clock that stands still until moved. */
export const ISSUER = 'https://id.example';

/** Milliseconds since the epoch: when the clock of a test starts, and its people sign in. */
export const NINE = Date.parse('2026-11-20T09:00:00Z');

/** With a token that decides, and the address `subject@example.com`, verified, unless it says otherwise. */
export function person(
  subject: string,
  groups: readonly string[] = [],
  { email = `${subject}@example.com`, ...more }: Partial<Identity> & { readonly email?: string | null } = {},
): Identity {
  return {
    id: identityId(more.issuer ?? ISSUER, subject),
    issuer: ISSUER,
    subject,
    name: subject,
    person: { email: email === null ? null : mailbox(email) },
    groups,
    kind: 'person',
    tokenId: null,
    tokenClient: null,
    signedInAt: NINE,
    acr: null,
    mayDecide: true,
    issuedAt: 0,
    expiresAt: 4_000_000_000_000,
    ...more,
  };
}

export const ada = person('ada', ['analysts']);
export const owners = ['olga', 'omar', 'otto'].map((name) => person(name, ['owners'])) as [
  Identity,
  Identity,
  Identity,
];

export function sessionOf(identity: Identity): Session {
  return {
    id: randomUUID() as SessionId,
    number: 1,
    identity,
    client: {
      application: 'JavaScript',
      version: '3.3.0',
      protocol: 'snowflake',
      address: '10.0.0.7',
      agent: 'copilot',
    },
    parameters: {},
    state: { database: 'SHOP', schema: 'PUBLIC', warehouse: 'WH', role: 'ANALYST' },
    openedAt: 0,
    expiresAt: 4_000_000_000_000,
  };
}

export function askTerms(change: Partial<AskTerms> = {}): AskTerms {
  return {
    approvers: ['owners'],
    needed: 1,
    expiresAfterSeconds: 600,
    validForSeconds: 60,
    escalate: null,
    signed: false,
    signIn: { withinSeconds: 10 * 366 * 86_400, acr: null },
    ...change,
  };
}

const orders = { database: 'SHOP', schema: 'PUBLIC', name: 'ORDERS' };

export function deleteRequest(
  identity: Identity = ada,
  ask: Partial<AskTerms> = {},
  change: Partial<ApprovalRequest> = {},
): ApprovalRequest {
  const sql = 'DELETE FROM orders WHERE id = ?';
  const range = { start: 0, end: sql.length };
  return {
    kind: 'statement',
    session: sessionOf(identity),
    queryId: randomUUID(),
    requestId: randomUUID(),
    sql,
    binds: { '1': { type: 'FIXED', value: '17' } },
    describeOnly: false,
    prompt: { text: 'remove order 17', source: 'extension' },
    understanding: {
      understood: true,
      kind: { family: 'dml', name: 'delete' },
      range,
      objects: [{ type: 'table', name: orders, access: 'write', range: { start: 12, end: 18 } }],
      outputs: [],
      uses: [{ column: { object: orders, column: 'ID' }, as: 'equal', range: { start: 25, end: 31 } }],
      functions: [],
      flows: [],
      writes: [{ object: orders, how: 'delete', columns: null }],
      missingWhere: false,
      opaque: [],
      inner: [],
      sessionEffects: [],
    },
    decision: {
      effect: 'ask',
      rule: 'deletes',
      reason: shown`deleting needs the owners`,
      range: { start: 0, end: 6 },
      sentence: shown`${memberShown(identity)} through "copilot" deletes from SHOP.PUBLIC.ORDERS`,
      policyVersion: 'policy-1',
      ask: askTerms(ask),
      masks: [],
      limits: {},
    },
    objects: [{ type: 'table', name: 'SHOP.PUBLIC.ORDERS', access: 'write', fingerprint: 'f'.repeat(64) }],
    sessionContext: '0',
    mayChange: [],
    again: null,
    variables: [],
    bindsMayBeShown: true,
    ...change,
  };
}

/** The same asked for ahead, for the program that would send it. */
export function accessRequest(
  identity: Identity = ada,
  ask: Partial<AskTerms> = {},
  terms: Partial<AccessTerms> = {},
  change: Partial<AccessRequest> = {},
): AccessRequest {
  const { session, queryId, sql, understanding, decision, objects, mayChange } = deleteRequest(identity, {
    accessUpToSeconds: 14_400,
    ...ask,
  });
  const { application, agent } = session.client;
  const { tokenClient } = identity;
  return {
    kind: 'access',
    session: { ...session, client: { ...session.client, application: 'api', agent: 'sluice access' } },
    queryId,
    sql,
    bindTypes: { '1': 'FIXED' },
    terms: {
      purpose: 'ticket 4711: remove orders that were placed twice',
      seconds: 3600,
      from: null,
      rows: 2,
      rowsInAll: 6,
      program: { application, protocol: 'snowflake', agent, tokenClient },
      ...terms,
    },
    understanding,
    decision,
    objects,
    mayChange,
    ...change,
  };
}

/** Nothing is found out, and there are never too many. */
export const asking = { events: [], admit: () => {} };

/** Who watches a test's record: throws to fail it. */
export interface RecordWatch {
  readonly recording?: (body: EventBody) => void;
  /** The work that recorded these was undone. */
  readonly undone?: (bodies: readonly EventBody[]) => void;
}

const recordedOn = new WeakMap<Store, SessionEvent[]>();

/** A record that keeps everything that was put on it in order, on the store that `testApprovals` has. */
export function testRecorder(watch: RecordWatch = {}) {
  const bodies: EventBody[] = [];
  /** All that were recorded on the store, also by earlier relays, and by transactions that have not ended. */
  let events: SessionEvent[] = [];
  let broken = false;
  let store: Store | null = null;
  const recorder = {
    bodies,
    events: () => events,
    /** @param known of another relay on the same database. */
    on: (used: Store, known = recordedOn.get(used) ?? []) => {
      store = used;
      events = known;
      recordedOn.set(used, known);
    },
    break: (is = true) => {
      broken = is;
    },
    transaction<T>(work: (tx: StoreTransaction & Recording) => Promise<T>): Promise<T> {
      return store!.transaction((tx) => {
        const own: EventBody[] = [];
        tx.onEnd((durable) => {
          if (durable) bodies.push(...own);
          else {
            watch.undone?.(own);
            for (const body of own)
              events.splice(
                events.findIndex((event) => event.body === body),
                1,
              );
          }
        });
        return work(
          Object.assign(tx, {
            async record(session: SessionId, body: EventBody): Promise<SessionEvent> {
              if (broken) throw new Error('disk full');
              watch.recording?.(body);
              own.push(body);
              const event = recorded(session, (events.at(-1)?.seq ?? -1) + 1, body);
              events.push(event);
              return event;
            },
            keep: async () => {},
          }),
        );
      });
    },
    append: (session: SessionId, body: EventBody) => recorder.transaction((tx) => tx.record(session, body)),
  };
  return recorder;
}

/** How what was given stands, by such a record. */
export function followedOn<State>(
  { events }: Pick<ReturnType<typeof testRecorder>, 'events'>,
  story: Story<State>,
): FollowedEvents<State> {
  return {
    note: () => {},
    async standing(_, { session, seq }) {
      const [given, ...later] = events().filter((event) => event.session === session && event.seq >= seq);
      const state: State | null = given?.seq === seq ? story.begin(given) : null;
      if (state === null) return { why: 'which nobody was given on the record' };
      return { state: later.reduce<State>((state, event) => story.next(state, event), state) };
    },
  };
}

function recorded(session: SessionId, seq: number, body: EventBody): SessionEvent {
  const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  // After every clock of a test.
  const at = '2100-01-01T00:00:00.000Z';
  return { version: 1, session, seq, at, body, salt: '0'.repeat(32), previous: hash, hash };
}

export interface TestOptions {
  /** Of an earlier run: as after a restart. */
  readonly store?: Store;
  readonly firstUse?: boolean;
  readonly confirmIdentity?: (identity: Identity) => void;
  readonly clock?: { now: number };
  readonly recorder?: ReturnType<typeof testRecorder>;
  readonly estimate?: Parameters<typeof createApprovals>[0]['estimate'];
  /** Unless it is given, nothing changes between asking for access and agreeing to it. */
  readonly askedNow?: Parameters<typeof createApprovals>[0]['askedNow'];
}

export async function testApprovals(options: TestOptions = {}) {
  const opened = options.store ?? (await openTestStore()).store;
  const clock = options.clock ?? { now: NINE };
  const now = () => clock.now;
  const recorder = options.recorder ?? testRecorder();
  recorder.on(opened);
  const store = { ...opened, transaction: recorder.transaction };
  const relaySession = randomUUID() as SessionId;
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const shared = { store, now, newId: randomUUID, onError };
  const devices = createDevices({
    ...shared,
    relaySession,
    notices: noticesOn(recorder),
    firstUse: options.firstUse ?? true,
    vouchers: ['security'],
    onRecord: async () => devicesIn(recorder.bodies.map((body, seq) => ({ seq, body }))),
    onForged: onError,
    confirmIdentity: options.confirmIdentity ?? (() => {}),
  });
  const onRefusedRow = (_: unknown, error: unknown) => onError(error);
  const openings = await createOpenings({
    ...shared,
    relaySession,
    onRecord: followedOn(recorder, OPENING_STORY),
    onRefusedRow,
  });
  const confirmIdentity = options.confirmIdentity ?? (() => {});
  const grants = createGrants({
    ...shared,
    confirmIdentity,
    onRecord: followedOn(recorder, GRANT_STORY),
    onRefusedRow,
  });
  const approvals = createApprovals({
    ...shared,
    devices,
    grants,
    confirmIdentity: options.confirmIdentity ?? (() => {}),
    random: randomBytes,
    estimate: options.estimate ?? null,
    askedNow: options.askedNow ?? (async (request) => request),
    onRecord: followedOn(recorder, APPROVAL_STORY),
    onRefusedRow,
  });
  /** Uses an approval up, as the gate does right before it runs the statement. */
  const use = async (id: ApprovalId, request: ApprovalRequest) => {
    const { mostRows, use } = await approvals.consume(id, request);
    await store.transaction(use);
    return { mostRows };
  };
  /** A grant's use, and what it gives back, each in a transaction of its own. */
  const useGrant = async (request: ApprovalRequest) => {
    const used = await store.transaction((tx) => grants.use(tx, request));
    if (used === null) return null;
    return { ...used, settle: (hit: number) => store.transaction((tx) => used.settle(tx, hit)) };
  };
  return {
    opened,
    store,
    clock,
    recorder,
    relaySession,
    devices,
    grants,
    openings,
    approvals,
    use,
    useGrant,
    errors,
  };
}

/** Holds a statement and answers once it is durable, with the outcome still to come. */
export async function holdNow(
  { approvals }: Pick<Awaited<ReturnType<typeof testApprovals>>, 'approvals'>,
  request: ApprovalRequest,
  signal = new AbortController().signal,
) {
  const { promise, resolve } = Promise.withResolvers<{ approvalId: string; expiresAt: number }>();
  const outcome = approvals.hold(request, signal, resolve);
  const held = await Promise.race([promise, outcome.then(() => promise)]);
  const id = held.approvalId as Parameters<typeof approvals.find>[1];
  const viewer = person('viewer', request.decision.ask.approvers);
  return { id, outcome, approval: (await approvals.find(viewer, id)) as HeldApproval };
}

export function answer(
  approval: { readonly binding: string },
  verdict: 'approve' | 'deny' = 'approve',
  change: Partial<Parameters<Awaited<ReturnType<typeof testApprovals>>['approvals']['decide']>[2]> = {},
) {
  return {
    verdict,
    binding: approval.binding,
    comment: verdict === 'deny' ? 'not this one' : '',
    proposal: null,
    mostRows: null,
    grantSeconds: null,
    grantRows: null,
    signature: null,
    ...change,
  };
}

/** A grant for `deleteRequest`s, by as many owners as are needed. */
export async function granted(needed = 1, more: Parameters<typeof answer>[2] = {}) {
  const desk = await testApprovals();
  const request = deleteRequest(ada, { grantUpToSeconds: 1800, needed });
  const { id, approval } = await holdNow(desk, request);
  for (const by of owners.slice(0, needed)) {
    await desk.approvals.decide(
      by,
      id,
      answer(approval, 'approve', { mostRows: 5, grantSeconds: 600, ...more }),
    );
  }
  return { desk, request };
}
