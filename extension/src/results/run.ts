import {
  type ApprovalSummary,
  isRelayError,
  type LiveClient,
  type RelayClient,
  type StatementOrder,
  type StatementView,
} from '@sluice/contract';
import { type Asked, type AskedFacts, isSettled, type Refusal, type RunState } from './run-state.ts';

/** A statement on its way, followed until its outcome. */
export interface Run {
  readonly sql: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** When its outcome was known; null until then. */
  endedAt(): number | null;
  /** The relay's name for it; null until it has been taken. */
  statement(): string | null;
  /** The session that it is recorded in, once the live channel has told; null until then. */
  session(): string | null;
  state(): RunState;
  /** What keeps the relay from being asked, if something does: it is tried again by itself. */
  trouble(): string | null;
  /** Told of every change. @returns what ends it. */
  onChange(listener: () => void): () => void;
  /** Stops it at the warehouse, or withdraws what was asked of people. Resolves when the relay has taken that. */
  cancel(): Promise<void>;
  /** Resolves with the outcome, which is never thrown. */
  readonly settled: Promise<RunState>;
  /** Follows it no longer. The statement goes on. */
  leave(): void;
}

export interface RunPorts {
  readonly client: Pick<RelayClient, 'statements' | 'approvals'>;
  /** Null where there is no live channel: then news come a little later. */
  readonly live: Pick<LiveClient, 'subscribe'> | null;
  readonly now: () => number;
  readonly newId: () => string;
  /** Resolves after so many milliseconds; rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A statement to send, or one that was sent before. */
export type RunOrder =
  | (Omit<StatementOrder, 'wait' | 'requestId'> & { readonly statement?: undefined })
  | { readonly sql: string; readonly statement: string };

/**
 * Seconds that the relay is asked to wait for an outcome, at a time. It answers nothing before, so that the first waits are
 * short: whether people are asked is to be shown soon, also where the live channel does not tell.
 */
const WAITS = [0, 1, 2, 4, 10] as const;
/** Longest pause between attempts to reach the relay. Milliseconds. */
const LONGEST_PAUSE = 10_000;

/** Sends a statement, once, and follows it: by long polls, and by the live channel, which tells at once. */
export function startRun(order: RunOrder, ports: RunPorts): Run {
  const { client, now } = ports;
  const listeners = new Set<() => void>();
  const left = new AbortController();
  let state: RunState = { phase: order.statement === undefined ? 'sending' : 'running' };
  let statement: string | null = order.statement ?? null;
  let session: string | null = null;
  let trouble: string | null = null;
  let endedAt: number | null = null;
  let isUnwanted = false;
  /** How often it was asked about since it was last told of news. */
  let asks = 0;
  /** Of what is known of the request: of two states, the higher one is the newer. */
  let revision = -1;
  let poke = new AbortController();
  const startedAt = now();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const become = (next: RunState) => {
    state = next;
    if (isSettled(next)) endedAt ??= now();
    tell();
  };

  const take = async (view: StatementView) => {
    statement = view.id;
    if (trouble !== null) {
      trouble = null;
      tell();
    }
    switch (view.phase) {
      case 'submitted':
      case 'running':
        if (state.phase !== 'running') become({ phase: 'running' });
        return;
      case 'held':
        await hold(view.approval);
        return;
      case 'succeeded': {
        const { columns, rowCount, computedOn = null, changed = null } = view;
        become({ phase: 'succeeded', columns, rowCount, computedOn, changed });
        return;
      }
      case 'failed':
        become({ phase: 'failed', error: await refusalOf(view.error) });
        return;
      default:
        view satisfies never;
    }
  };
  const hold = async ({ id, expiresAt }: { readonly id: string; readonly expiresAt: string }) => {
    const known = askedNow();
    if (known?.approval === id && known.facts !== null) return;
    become({ phase: 'held', asked: { approval: id, expiresAt, facts: null } });
    // Without it, the page says that people are asked, and not who.
    const read = await readApproval(id);
    if (read !== null) takeSummary(read.summary);
  };
  const readApproval = async (id: string) => {
    try {
      return await client.approvals.read({ params: { id } }, { signal: left.signal });
    } catch {
      return null;
    }
  };
  const askedNow = (): Asked | null => (state.phase === 'held' ? state.asked : null);
  const takeSummary = (summary: ApprovalSummary) => {
    const known = askedNow();
    if (known?.approval !== summary.id || summary.revision <= revision) return;
    ({ revision } = summary);
    become({
      phase: 'held',
      asked: { approval: summary.id, expiresAt: summary.expiresAt, facts: factsOf(summary) },
    });
  };
  /** A denial may come with what would be agreed to. */
  const refusalOf = async (error: Omit<Refusal, 'proposal'>): Promise<Refusal> => {
    const asked = askedNow();
    if (asked === null || error.code !== 'approval_denied') return { ...error, proposal: null };
    const read = await readApproval(asked.approval);
    const vote = read?.votes.findLast(({ verdict }) => verdict === 'deny');
    return { ...error, proposal: vote?.proposal ?? null };
  };

  const send = async (requestId: string, signal: AbortSignal): Promise<StatementView> => {
    if (statement === null) {
      // By its id the relay knows a repeat: it never runs twice.
      const { statement: _statement, ...ordered } = order;
      return await client.statements.submit({ body: { ...ordered, requestId, wait: 0 } }, { signal });
    }
    if (isUnwanted) return await client.statements.cancel({ params: { id: statement } }, { signal });
    return await client.statements.read(
      { params: { id: statement }, query: { wait: WAITS[Math.min(asks, WAITS.length - 1)]!, limit: 0 } },
      { signal },
    );
  };
  const follow = async (): Promise<RunState> => {
    const requestId = ports.newId();
    for (let failures = 0; !isSettled(state) && !left.signal.aborted;) {
      poke = new AbortController();
      // What is sent is not called off: whether it arrived would not be known.
      const signal = statement === null ? left.signal : AbortSignal.any([left.signal, poke.signal]);
      try {
        await take(await send(requestId, signal));
        asks += 1;
        failures = 0;
      } catch (error) {
        if (left.signal.aborted) break;
        if (poke.signal.aborted) continue;
        if (!mayPass(error)) {
          become({ phase: 'failed', error: troubleOf(error) });
          break;
        }
        failures += 1;
        trouble = troubleOf(error).message;
        tell();
        await ports
          .sleep(Math.min(LONGEST_PAUSE, 500 * 2 ** failures), AbortSignal.any([left.signal, poke.signal]))
          .catch(() => {});
      }
    }
    endNews();
    return state;
  };

  const subscriptions = [
    ports.live?.subscribe({ name: 'statements' }, (update) => {
      if (update.type !== 'statement' || update.statement.id !== statement) return;
      ({ session } = update.statement);
      // What is known already needs no new question.
      if (update.statement.state === state.phase || isSettled(state)) return;
      asks = 0;
      poke.abort();
    }),
    ports.live?.subscribe({ name: 'approvals' }, (update) => {
      if (update.type === 'approval') takeSummary(update.approval);
    }),
  ];
  const endNews = () => {
    for (const subscription of subscriptions) subscription?.end();
  };
  const settled = follow();
  return {
    sql: order.sql,
    startedAt,
    endedAt: () => endedAt,
    statement: () => statement,
    session: () => session,
    state: () => state,
    trouble: () => trouble,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async cancel() {
      isUnwanted = true;
      poke.abort();
      await settled;
    },
    settled,
    leave() {
      left.abort();
      endNews();
    },
  };
}

function factsOf(summary: ApprovalSummary): AskedFacts {
  const { phase, sentence, rule, reason, approvers, needed, approvedBy, askedAt } = summary;
  return {
    phase,
    sentence,
    rule,
    reason,
    approvers,
    needed,
    approvedBy: approvedBy.map(({ name }) => name),
    askedAt,
  };
}

/** Whether the relay may answer later: the statement goes on meanwhile. */
function mayPass(error: unknown): boolean {
  return isRelayError(error) && PASSING.has(error.code);
}

const PASSING: ReadonlySet<string> = new Set([
  'relay_unreachable',
  'relay_timeout',
  'statement_elsewhere',
  'session_elsewhere',
  'warehouse_unavailable',
]);

function troubleOf(error: unknown): Refusal {
  if (isRelayError(error)) {
    return { code: error.code, message: error.message, advice: error.advice, proposal: null };
  }
  return {
    code: 'internal',
    message: 'something went wrong in the editor',
    advice: 'try again',
    proposal: null,
  };
}
