import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventBody } from '@sluice/contract';
import { SluiceError } from '../errors.ts';
import type { Decision } from '../policy/index.ts';
import { type ColumnSource, formatColumn, formatObjectName, type Understanding } from '@sluice/snowflake-sql';
import type { StatementAssessment } from './assess-statement.ts';
import type { SealedPayload } from '../recording/index.ts';
import type { GateParts, GateTransaction } from './parts.ts';
import type { SessionState } from '../warehouse/index.ts';
import { recordedComputedOn } from './shown-columns.ts';
import type { StatementRequest } from './statement-request.ts';

/** A statement's intent on its way to the record: written once, however the statement ends. */
export interface Intent {
  /**
   * Step 5. What was sent, what it was taken to mean and what was decided, ready to be written. Nothing happens to the
   * statement from here on but through `write`, which writes it first. Throws `record_allowance_used`, and then nothing
   * runs.
   */
  prepare(assessment: StatementAssessment): Promise<void>;
  /** What was sent, when it failed before there was a decision; nothing when the intent is ready already. */
  prepareAsSent(): Promise<void>;
  isPrepared(): boolean;
  isRecorded(): boolean;
  /**
   * What happens to the statement, in one transaction with its intent if that is not on the record yet (promise 1).
   * Throws `record_unavailable`, and `statement_elsewhere` when another relay was sent it, too, and was first; then nothing
   * runs.
   */
  write<T>(work: (tx: GateTransaction) => Promise<T>): Promise<T>;
  /**
   * The same if that still `holds`, in the transaction: else nothing is written, and it answers false. What is decided,
   * and what it is decided by, are of one moment of the store.
   */
  writeIf(
    holds: (tx: GateTransaction) => boolean,
    work: (tx: GateTransaction) => Promise<void>,
  ): Promise<boolean>;
}

export function createIntent(
  { recorder, limits, relays }: Pick<GateParts, 'recorder' | 'limits' | 'relays'>,
  request: StatementRequest,
): Intent {
  /** Ready, and not on the record yet. */
  let ready: { readonly events: readonly EventBody[]; readonly binds: SealedPayload | null } | null = null;
  let isPrepared = false;
  const prepare = async (state: SessionState, more: readonly EventBody[]) => {
    const { prompt, statement } = statementEvents(request, state);
    const binds = bindsOf(request);
    const events = [...prompt, statement, ...more];
    const size = sizeOf(events) + (binds?.length ?? 0);
    limits.record(request.session.identity.id, size);
    // Others have their turn before so much is written.
    if (size > LARGE) await nextTurn();
    const sealed = binds === null ? null : await recorder.seal(binds);
    statement.binds = sealed?.address ?? null;
    ready = { events, binds: sealed };
    isPrepared = true;
  };
  const writeIn = async <T>(tx: GateTransaction, work: (tx: GateTransaction) => Promise<T>): Promise<T> => {
    if (ready !== null) {
      await confirmFirst(tx);
      if (ready.binds !== null) await tx.keep(ready.binds);
      for (const event of ready.events) await tx.record(request.session.id, event);
      tx.onEnd((durable) => {
        if (durable) ready = null;
      });
    }
    return await work(tx);
  };
  /** Of two relays that were sent the same request at once, one has it: nobody writes between this and the commit. */
  const confirmFirst = async (tx: GateTransaction) => {
    if (relays.isAlone || request.resumed === true) return;
    const { session, requestId: value } = request;
    const before = await tx.index.mentionedAt({ kind: 'request', value, session: session.id });
    if (before === null) return;
    throw new SluiceError('statement_elsewhere', 'another relay has the statement', { retryAfterSeconds: 1 });
  };
  return {
    prepare: ({ surroundings, understanding, decision }) =>
      prepare(surroundings.state, [
        understandingEvent(request, understanding),
        decisionEvent(request, decision),
      ]),
    prepareAsSent: async () => (isPrepared ? undefined : await prepare(request.session.state, [])),
    isPrepared: () => isPrepared,
    isRecorded: () => isPrepared && ready === null,
    write: (work) => recorder.transaction((tx) => writeIn(tx, work)),
    writeIf: (holds, work) =>
      recorder.transaction(async (tx) => {
        if (!holds(tx)) return false;
        await writeIn(tx, work);
        return true;
      }),
  };
}

/** Bytes that take some milliseconds to write. */
const LARGE = 64 * 1024;

type StatementEvent = Extract<EventBody, { type: 'statement' }>;

function statementEvents(
  request: StatementRequest,
  state: SessionState,
): { prompt: EventBody[]; statement: StatementEvent } {
  const { queryId, requestId, sql, describeOnly, prompt } = request;
  return {
    prompt: prompt === null ? [] : [{ type: 'prompt', ...prompt }],
    statement: {
      type: 'statement',
      statement: queryId,
      requestId,
      sql,
      binds: null,
      state,
      describeOnly,
    },
  };
}

function bindsOf({ binds }: StatementRequest): Buffer | null {
  return Object.keys(binds).length === 0 ? null : Buffer.from(JSON.stringify(binds));
}

/** Bytes: what a statement is understood as can be far larger than its text. */
function sizeOf(events: readonly EventBody[]): number {
  return events.reduce((sum, event) => sum + Buffer.byteLength(JSON.stringify(event)), 0);
}

export function understandingEvent(
  request: Pick<StatementRequest, 'queryId'>,
  understanding: Understanding,
): Extract<EventBody, { type: 'understanding' }> {
  const understood = understanding.understood ? understanding : null;
  return {
    type: 'understanding',
    statement: request.queryId,
    understood: understanding.understood,
    kind: { family: understanding.kind.family, name: understanding.kind.name },
    objects: (understood?.objects ?? []).map(({ type, name, access }) => ({
      type,
      name: formatObjectName(name),
      access,
    })),
    outputs: (understood?.outputs ?? []).map(({ name, sources, unresolved }) => ({
      name,
      sources: sources.map(formatSource),
      unresolved: unresolved !== undefined,
    })),
    problem: understanding.understood ? null : understanding.problem.message,
  };
}

function formatSource(source: ColumnSource): string {
  const path = source.path === undefined ? '' : `:${source.path.join('.')}`;
  return `${source.how} ${formatColumn(source.column)}${path}`;
}

/** Also recorded when a held statement is decided anew before it runs. */
export function decisionEvent(
  request: Pick<StatementRequest, 'queryId'>,
  decision: Decision,
): Extract<EventBody, { type: 'decision' }> {
  const { effect, rule, reason, sentence, range, policyVersion } = decision;
  const masks = decision.effect === 'mask' || decision.effect === 'ask' ? decision.masks : [];
  return {
    type: 'decision',
    statement: request.queryId,
    effect,
    rule,
    reason,
    sentence,
    range: { start: range.start, end: range.end },
    policyVersion,
    masks: masks.map(({ output, policy, because }) => ({ output, method: policy.method, because })),
    ...recordedComputedOn(decision),
    ...('advice' in decision && decision.advice !== undefined ? { advice: decision.advice } : {}),
  };
}
