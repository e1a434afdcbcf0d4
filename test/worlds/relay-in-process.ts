import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Registry } from '@prometheus-io/client';
import { DuckDBInstance } from '@duckdb/node-api';
import type { EventBody } from '@sluice/contract';
import { DEMO_POLICY, demoPeople, openShop, type ShopOptions } from '@sluice/demo';
import { createAnalyses } from '../../relay/src/analysis/index.ts';
import { viewOf } from '../../relay/src/approval/index.ts';
import { answer, testApprovals, testRecorder } from '../../relay/src/approval/testing.ts';
import { openClassification } from '../../relay/src/classification/index.ts';
import { SluiceError } from '../../relay/src/errors.ts';
import { createEstimate, createGate, type GateParts, type StatementRequest } from '../../relay/src/gate.ts';
import { runScript, type SendStatement } from '../../relay/src/scripts/index.ts';
import { type Identity, identityId } from '@sluice/relay/identity';
import { createMasker } from '../../relay/src/masking-threads/index.ts';
import { loadPolicy, NO_VOLUME, type Policy } from '../../relay/src/policy/index.ts';
import type { Session, SessionId } from '../../relay/src/session/index.ts';
import { createEventMetrics } from '../../relay/src/metrics/index.ts';
import { createLimits, limitsConfig } from '../../relay/src/limits/index.ts';
import { split } from '@sluice/snowflake-sql';
import { functionNames } from '../../relay/src/warehouse/embedded/render/calls.ts';
import type { Warehouse } from '@sluice/relay/warehouse';
import { type Answer, failed, succeeded } from './answer.ts';
import { whereFilesLeave } from '../support/files-leave.ts';
import type { Order } from './order.ts';

/**
 * All that the worlds know of the relay's inside: the gate as the composition root makes it, with a record,
 * approvals and carried tags in memory, and a clock that stands still. What changes there is changed here.
 */
export interface WorldRelay {
  /** A session of one person's, with nothing remembered from any before. */
  openSession(subject: Subject): Promise<WorldSession>;
}

export interface WorldSession {
  /** Sends one order; everything that left the relay on account of each of its statements. */
  send(order: Order): Promise<readonly Answer[]>;
  close(): Promise<void>;
}

export type Subject = 'ada' | 'mallory';

export interface WorldOptions {
  readonly warehouse: Warehouse;
  readonly policy: Policy;
  /** Whether sensitive columns are blanked at their source; without, the analysis alone must hold. */
  readonly floor: boolean;
}

/** A Friday noon: the demo's policy knows nights. */
const NOON = Date.UTC(2026, 10, 20, 11);
/** The same in both worlds: equal values have equal tokens. */
const TOKEN_KEY = Buffer.alloc(32, 7);

export async function demoPolicy(): Promise<Policy> {
  return loaded(await readFile(DEMO_POLICY, 'utf8'));
}

/** The demo's, where what is masked may be unloaded into stages unasked. */
export async function policyWithFiles(): Promise<Policy> {
  return loaded(whereFilesLeave(await readFile(DEMO_POLICY, 'utf8')));
}

function loaded(text: string): Policy {
  const { policy, problems } = loadPolicy(text);
  if (problems !== undefined) throw new Error('the demo policy does not load');
  return policy;
}

/**
 * With one thread: with several, DuckDB gives rows that have no order in whatever order the threads happen to
 * end in, and two worlds that know nothing of each other would seem to differ.
 */
export async function openWarehouse(options: ShopOptions): Promise<Warehouse> {
  const { create } = DuckDBInstance;
  DuckDBInstance.create = (path) => create.call(DuckDBInstance, path, { threads: '1' });
  try {
    return await openShop(options);
  } finally {
    DuckDBInstance.create = create;
  }
}

/** In upper case, the functions that the embedded warehouse knows how to write in DuckDB's SQL. */
export function warehouseFunctions(): readonly string[] {
  return functionNames;
}

export function worldRelay({ warehouse, policy, floor }: WorldOptions): WorldRelay {
  return {
    async openSession(subject) {
      const seen = watchedDesk();
      const analyses = createAnalyses({ token: TOKEN_KEY });
      const masker = createMasker({ token: TOKEN_KEY });
      const { store, ...approvalParts } = await seen.open((request) =>
        createEstimate(gate.run, analyses.rowCount, seen.newId, () => NOON, gate.costOf)(request),
      );
      const parts = {
        now: () => NOON,
        confirmIdentity: () => {},
        analyses,
        policy: () => policy,
        changes: store.changes,
        sessions: store.sessions,
        relays: { self: 'this', isAlone: true, isThere: async () => false },
        classification: await openClassification(store),
        usage: {
          today: () => NO_VOLUME,
          async add(_tx, _identity, _now, _timezone, volume) {
            seen.volumes.push(volume);
          },
        },
        ...approvalParts,
        recorder: seen.recorder,
        onEndUnrecorded: () => {},
        recordingLimits: { rowsKept: 50, rowsPerPayload: 20 },
        warehouse,
        masker,
        floor,
        limits: createLimits({ config: limitsConfig.parse({}), now: () => NOON, onExceeded: () => {} }),
      } satisfies GateParts;
      const gate = createGate(parts);
      const session = sessionOf(subject);

      const sendOne = async (sql: string, order: Order): Promise<Answer> => {
        const { binds, describeOnly } = order;
        const queryId = seen.newId();
        // Half of them, and the same ones in both worlds, and when they are sent again.
        const encoding = sql.length % 2 === 0 ? ('arrow' as const) : ('json' as const);
        const asked = { session, queryId, requestId: queryId, sql, binds, describeOnly, encoding };
        const progress = {
          held: () => seen.progress.push('held'),
          running: () => seen.progress.push('running'),
        };
        seen.expect(order.approve);
        const signal = new AbortController().signal;
        const run = async (one: Pick<StatementRequest, 'sql' | 'binds' | 'queryId' | 'encoding'>) =>
          await gate.run({ ...asked, ...one, prompt: null }, progress, signal);
        // As the relay does with a block that has passed the gate.
        const sendOf: SendStatement = (text, given, as) =>
          run({
            sql: text,
            binds: given,
            queryId: seen.newId(),
            encoding: as === 'client' ? encoding : 'json',
          });
        const result = await run({ sql, binds, queryId, encoding })
          .then(async (outcome) => {
            if (outcome.script !== true || describeOnly) return outcome;
            for await (const _ of outcome.chunks);
            return await runScript({ sql, binds }, sendOf, signal);
          })
          .then(async (outcome) => {
            if (!describeOnly) session.state = outcome.state;
            return await succeeded(outcome);
          })
          .catch(failed);
        const taken = seen.take();
        return { result, ...taken, metrics: await metricsOf(taken.events) };
      };

      return {
        async send(order) {
          if (!order.series) return [await sendOne(order.sql, order)];
          // As the listeners do: one after the other, until one fails.
          const answers: Answer[] = [];
          for (const { source, statement } of split(order.sql).statements) {
            const answer = await sendOne(source.slice(statement.start, statement.end), order);
            answers.push(answer);
            if (answer.result.error !== null) break;
          }
          return answers;
        },
        async close() {
          await gate.endSession(session.id);
          await seen.close();
        },
      };
    },
  };
}

/** What a relay that has recorded nothing else counts. Its clock stands still. */
async function metricsOf(events: readonly EventBody[]): Promise<string> {
  const register = new Registry();
  const recorded = createEventMetrics(register);
  for (const body of events) recorded({ at: new Date(NOON).toISOString(), body });
  return await register.metrics();
}

/** The record, and approvers who decide at once as they are told to; all that they are shown is kept. */
function watchedDesk() {
  let ids = 0;
  const newId = () => `00000000-0000-4000-8000-${String((ids += 1)).padStart(12, '0')}`;
  const memory = testRecorder();
  const grace: Identity = { ...identityOf('grace'), mayDecide: true, signedInAt: NOON };
  let approves = false;
  let opened: Awaited<ReturnType<typeof testApprovals>>['opened'] | null = null;
  const kept = {
    views: [] as unknown[],
    payloads: [] as string[],
    volumes: [] as unknown[],
    progress: [] as string[],
  };
  const recorder: GateParts['recorder'] = {
    ...memory,
    async seal(payload) {
      kept.payloads.push(Buffer.from(payload).toString('utf8'));
      const address = createHash('sha256').update(payload).digest('hex');
      return { address, dataKey: 'key', sealed: payload };
    },
    keep: async (payload) => (await recorder.seal(payload)).address,
  };

  return {
    newId,
    recorder,
    volumes: kept.volumes,
    progress: kept.progress,
    /** What approvers will say to what is held next. */
    expect(approve: boolean) {
      approves = approve;
    },
    async open(estimate: NonNullable<Parameters<typeof testApprovals>[0]>['estimate']) {
      /** By statement: the estimate of one is a statement too, that people may have to be asked about. */
      const estimates = new Map<string, PromiseWithResolvers<void>>();
      const parts = await testApprovals({
        recorder: memory,
        clock: { now: NOON },
        async estimate(request) {
          const result = await estimate!(request).catch(() => null);
          queueMicrotask(() => estimates.get(request.queryId)?.resolve());
          return result;
        },
      });
      ({ opened } = parts);
      const { store, approvals, grants } = parts;
      const decide = async (id: Parameters<typeof approvals.find>[1], queryId: string) => {
        await estimates.get(queryId)?.promise;
        // The estimate is written down after it has been told.
        await new Promise((resolve) => setImmediate(resolve));
        const approval = await approvals.find(grace, id);
        kept.views.push(viewOf(approval, { viewer: grace, now: 0, similar: [] }));
        await approvals.decide(grace, id, answer(approval, approves ? 'approve' : 'deny'));
      };
      return {
        store,
        approvals: {
          hold(...[request, signal, held]: Parameters<typeof approvals.hold>) {
            estimates.set(request.queryId, Promise.withResolvers());
            return approvals.hold(request, signal, (holding) => {
              held(holding);
              // What was cancelled meanwhile is nobody's to decide on any more.
              void decide(holding.approvalId, request.queryId).catch((error: unknown) => {
                if (!(error instanceof SluiceError) || error.code !== 'approval_void') throw error;
              });
            });
          },
          consume: approvals.consume,
          void: approvals.void,
          askAhead: approvals.askAhead,
        },
        grants,
        // Nobody calls for break-glass here.
        reviews: { open: () => Promise.reject(new Error('a review without break-glass')) },
        openings: { find: () => null, use: () => Promise.reject(new Error('nothing was opened')) },
      };
    },
    /** Everything since the last time. */
    take() {
      const taken = {
        events: memory.bodies.splice(0),
        views: kept.views.splice(0),
        payloads: kept.payloads.splice(0),
        volumes: kept.volumes.splice(0),
        progress: kept.progress.splice(0),
      };
      return taken;
    },
    async close() {
      await opened?.close();
    },
  };
}

const ISSUER = 'https://issuer.example';

function identityOf(subject: string): Identity {
  const { name, email, groups } = demoPeople.find((one) => one.subject === subject)!;
  return {
    id: identityId(ISSUER, subject),
    subject,
    name,
    person: { email },
    groups,
    issuer: ISSUER,
    kind: 'person',
    tokenId: null,
    tokenClient: null,
    signedInAt: null,
    acr: null,
    mayDecide: false,
    issuedAt: 0,
    expiresAt: 4_000_000_000_000,
  };
}

function sessionOf(subject: Subject): Session {
  return {
    id: '00000000-0000-4000-9000-000000000001' as SessionId,
    number: 1,
    identity: identityOf(subject),
    client: { application: 'worlds', version: '1', protocol: 'api', address: '127.0.0.1', agent: null },
    parameters: {},
    state: { database: 'SHOP', schema: 'PUBLIC', warehouse: 'DEMO_WH', role: null },
    openedAt: 0,
    expiresAt: 4_000_000_000_000,
  };
}
