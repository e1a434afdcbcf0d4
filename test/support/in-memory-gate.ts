import { rowsIn } from '../../relay/src/encoding/testing.ts';
import { createMasker, type MaskerLimits } from '../../relay/src/masking-threads/index.ts';
import { randomUUID } from 'node:crypto';
import type { EventBody } from '@sluice/contract';
import { createAnalyses } from '../../relay/src/analysis/index.ts';
import { createReviews } from '../../relay/src/approval/index.ts';
import {
  ada,
  answer,
  owners,
  sessionOf,
  testApprovals,
  testRecorder,
} from '../../relay/src/approval/testing.ts';
import { openClassification } from '../../relay/src/classification/index.ts';
import { SluiceError } from '../../relay/src/errors.ts';
import type { Identity } from '../../relay/src/identity/index.ts';
import {
  createEstimate,
  createGate,
  type StatementOutcome,
  type StatementRequest,
} from '../../relay/src/gate.ts';
import { loadPolicy, type Policy } from '../../relay/src/policy/index.ts';
import { createLimits, limitsConfig } from '../../relay/src/limits/index.ts';
import type { Store } from '../../relay/src/store/index.ts';
import { createUsageMeter } from '../../relay/src/usage/index.ts';
import type { z } from 'zod';
import type { Warehouse } from '../../relay/src/warehouse/index.ts';
import { inMemoryWarehouse } from './in-memory-warehouse.ts';

const [approver] = owners;

/** E-mail addresses become tokens, deleting is asked about, dropping is refused. `more` is YAML put after it. */
export const POLICY = `
version: 1
tags: { pii.email: ['*.*.*.EMAIL'], pii.ssn: ['*.*.*.SSN'] }
masks: { tags: { pii.email: { method: token }, pii.ssn: { method: redact } } }
defaults: { flows: ask, approvers: owners }
approvers:
  owners: { groups: [owners], expires_after: 1h, valid_for: 10m, grant_up_to: 10m }
rules:
  - { name: read, effect: allow, when: { kinds: [query], objects: [{ access: [read], names: ['SHOP.*.*'] }] } }
  - { name: session, effect: allow, when: { kinds: [query, set, unset, show, describe] } }
  - name: scratch
    effect: allow
    when:
      kinds: [create_table]
      objects: [{ names: ['SHOP.SCRATCH.*'] }, { access: [read], names: ['SHOP.*.*'] }]
      flows: [{ tags: [pii.email] }]
  - { name: change, effect: ask, reason: an owner agrees first, when: { kinds: [dml] }, approvers: owners }
  - { name: keep, effect: block, reason: it stays, when: { objects: [{ access: [drop], names: ['SHOP.*.*'] }] } }
`;

export function policyOf(more = '', base = POLICY): Policy {
  const text = base + more;
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const { policy, problems } = loadPolicy(text);
  if (problems !== undefined) throw new Error(JSON.stringify(problems));
  compiled.set(text, policy);
  return policy;
}

/** By its text: nothing changes a policy, and compiling it would take most of a short test's time. */
const compiled = new Map<string, Policy>();

export type GateWorld = Awaited<ReturnType<typeof startGate>>;

export interface GateOptions {
  /** In place of the one in memory. */
  readonly warehouse?: Warehouse;
  /** In place of what `policy` says: the one that is in force on the store. */
  readonly policyInForce?: () => Policy;
  /** Its id; else `this`. All others are there but for `gone`. */
  readonly relay?: string;
  /** The whole policy, as YAML; else `POLICY`. */
  readonly policy?: string;
  /** Of an earlier world: as after a restart. */
  readonly store?: Store;
  readonly clock?: { now: number };
  /** Of the same store; by default nobody is out but by a fault. */
  readonly confirmIdentity?: (identity: Identity) => void;
  /** When to mask on threads. */
  readonly masker?: Partial<MaskerLimits>;
  readonly limits?: z.input<typeof limitsConfig>;
}

/** The gate among its real neighbours, but for the warehouse and the record, which are in memory and can fail. */
export async function startGate(more = '', options: GateOptions = {}) {
  const clock = options.clock ?? { now: Date.parse('2026-11-20T09:00:00Z') };
  /** Everything that counts, in order: `RUN` when a statement reaches the warehouse, else the event's type. */
  const journal: string[] = [];
  /** What others do meanwhile: once a statement is decided on; once it is known that an approval is for it. */
  const between: { decided: () => void; approved: () => unknown } = { decided: () => {}, approved: () => {} };
  const seen = { events: [] as EventBody[], payloads: new Map<string, string>() };
  /** Statements whose end the record does not have. */
  const endsUnrecorded: string[] = [];
  const faults: { record: string | null; revoked: boolean } = { record: null, revoked: false };
  const warehouse = inMemoryWarehouse((_, describeOnly) => journal.push(describeOnly ? 'DESCRIBE' : 'RUN'));

  let isBroken = false;
  const fail = (what: string) => {
    isBroken ||= faults.record === what; // and stays so: what comes after is not on disk either
    if (!isBroken) return;
    throw new SluiceError('record_unavailable', 'the record cannot be written');
  };
  const recorder = {
    ...testRecorder({
      recording(body) {
        fail(body.type);
        journal.push(body.type);
        seen.events.push(body);
      },
      undone(bodies) {
        for (const { type } of bodies) journal.splice(journal.lastIndexOf(type), 1);
        seen.events.splice(seen.events.length - bodies.length);
      },
    }),
    async seal(payload: Uint8Array) {
      fail('payload');
      const address = String(seen.payloads.size).padStart(64, '0');
      seen.payloads.set(address, Buffer.from(payload).toString());
      return { address, dataKey: 'key', sealed: payload };
    },
    async keep(payload: Uint8Array) {
      return (await recorder.seal(payload)).address;
    },
  };
  const confirmIdentity = (identity: Identity) => {
    options.confirmIdentity?.(identity);
    if (faults.revoked && identity.id === ada.id) throw new SluiceError('identity_revoked', 'out');
  };

  const maskingKeys = { token: Buffer.alloc(32, 7) };
  const analyses = createAnalyses(maskingKeys);
  const masker = createMasker(maskingKeys, options.masker);
  const estimate = createEstimate(
    (...given) => gate.run(...given),
    analyses.rowCount,
    randomUUID,
    () => clock.now,
    (...given) => gate.costOf(...given),
  );
  const asking = await testApprovals({
    ...(options.store && { store: options.store }),
    clock,
    recorder,
    confirmIdentity,
    askedNow: async (request) => await gate.askedNow(request),
    ...(options.warehouse && { estimate }),
  });
  const { opened, store, approvals, grants, openings } = asking;
  const onError = (error: unknown) => {
    throw error;
  };
  const now = () => clock.now;
  const reviews = createReviews({
    store,
    now,
    newId: randomUUID,
    reviewers: ['security'],
    onError,
  });
  const classification = await openClassification(store);
  const base = options.policy ?? POLICY;
  let policy = policyOf(more, base);
  const usage = await createUsageMeter(store, now);
  const limits = createLimits({
    config: limitsConfig.parse(options.limits ?? {}),
    now,
    onExceeded: () => {},
  });
  const gate = createGate({
    now,
    confirmIdentity,
    analyses: {
      parse: analyses.parse,
      async assess(question) {
        const assessed = await analyses.assess(question);
        // Once: what is done meanwhile may have it assessed again.
        const { decided } = between;
        between.decided = () => {};
        decided();
        return assessed;
      },
    },
    floor: true,
    limits,
    policy: options.policyInForce ?? (() => policy),
    changes: store.changes,
    sessions: store.sessions,
    relays: {
      self: options.relay ?? 'this',
      isAlone: options.relay === undefined,
      isThere: async (relay) => relay !== 'gone',
    },
    classification: {
      tags: classification.tags,
      taggedColumns: classification.taggedColumns,
      async carry(...given) {
        journal.push('carry');
        await classification.carry(...given);
      },
    },
    usage,
    approvals: {
      ...approvals,
      async consume(...given) {
        const consumption = await approvals.consume(...given);
        await between.approved();
        return consumption;
      },
    },
    grants,
    reviews,
    openings,
    recorder,
    onEndUnrecorded: (statement) => void endsUnrecorded.push(statement),
    recordingLimits: { rowsKept: 3, rowsPerPayload: 2 },
    warehouse: options.warehouse ?? warehouse.warehouse,
    masker,
  });

  const session = { ...sessionOf(ada), expiresAt: clock.now + 30 * 60_000 };
  const request = (sql: string, change: Partial<StatementRequest> = {}): StatementRequest => ({
    session,
    queryId: randomUUID(),
    requestId: randomUUID(),
    sql,
    binds: {},
    describeOnly: false,
    prompt: null,
    ...change,
  });
  /** Decides as told, as soon as something is held. */
  const decide = async (
    id: string,
    verdict: 'approve' | 'deny',
    more: Partial<Parameters<typeof answer>[2]> = {},
  ) => {
    const found = await approvals.find(approver, id as Parameters<typeof approvals.find>[1]);
    await approvals.decide(approver, found.id, answer(found, verdict, more));
  };

  return {
    clock,
    limits,
    usage,
    endsUnrecorded,
    store: opened,
    journal,
    faults,
    between,
    warehouse,
    approvals,
    grants,
    openings,
    reviews,
    classification,
    addTags: (tagged: Parameters<typeof classification.add>[1]) =>
      store.transaction((tx) => classification.add(tx, tagged)),
    gate,
    session,
    request,
    decide,
    events: seen.events,
    payloads: seen.payloads,
    setPolicy: (more: string, of = base) => (policy = policyOf(more, of)),
    /** Runs it to the end of its rows; what is held meanwhile is handed to `held`. */
    async run(
      given: StatementRequest,
      held: (id: string) => unknown = (id) => decide(id, 'approve'),
      signal = new AbortController().signal,
    ) {
      let deciding: unknown;
      const progress = {
        held({ approvalId }: { approvalId: string }) {
          deciding = held(approvalId);
          // It is awaited once the statement has ended, which may be later than it fails.
          void Promise.resolve(deciding).catch(() => {});
        },
        running: () => void journal.push('running'),
      };
      try {
        return await readAll(await gate.run(given, progress, signal));
      } finally {
        await deciding;
      }
    },
    async close() {
      await masker.close();
      await opened.close();
    },
  };
}

/** The rows of an outcome, one array. */
export async function readAll({ chunks, columns }: StatementOutcome) {
  return { columns, rows: await rowsIn(chunks) };
}
