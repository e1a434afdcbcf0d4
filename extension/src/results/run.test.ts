import { type ApprovalSummary, type LiveUpdate, RelayError, type StatementView } from '@sluice/contract';
import { describe, expect, it, vi } from 'vitest';
import { startRun, type RunPorts } from './run.ts';

const ID = '5f0f6a3c-8f55-4d2e-9c3b-3f1f0b9c4a11';
const APPROVAL = '7a3c1f5e-0d4b-4f43-8d43-2b0c7f6b9d22';
const SESSION = '0f3d7d3e-3c4f-4b77-9a3e-6f2a0e1b5c33';
const base = { version: 1, id: ID } as const;
const running: StatementView = { ...base, phase: 'running' };
const held: StatementView = {
  ...base,
  phase: 'held',
  approval: { id: APPROVAL, expiresAt: '2026-11-22T12:00:00.000Z' },
};
const done: StatementView = { ...base, phase: 'succeeded', columns: [], rowCount: 3, rows: [], next: null };
const failed = (code: string): StatementView => ({
  ...base,
  phase: 'failed',
  error: { code, message: `it is ${code}`, advice: '' },
});
const summary = (revision: number, approvedBy: readonly string[] = []) =>
  ({
    id: APPROVAL,
    revision,
    phase: 'asked',
    sentence: 'Ada wants to change 3 rows',
    rule: 'change-data',
    reason: 'a person agrees',
    approvers: ['leads'],
    needed: 2,
    approvedBy: approvedBy.map((name) => ({ name })),
    askedAt: '2026-11-22T11:00:00.000Z',
    expiresAt: '2026-11-22T12:00:00.000Z',
  }) as unknown as ApprovalSummary;

/** A relay that answers with one thing after the other; a function decides when it comes. */
function relay(answers: readonly (StatementView | RelayError | (() => Promise<StatementView>))[]) {
  const left = [...answers];
  const listeners = new Map<string, (update: LiveUpdate) => void>();
  const calls: { readonly what: string; readonly input: unknown }[] = [];
  const next = async (what: string, input: unknown, signal?: AbortSignal): Promise<StatementView> => {
    calls.push({ what, input });
    const answer = left.shift();
    if (answer === undefined) {
      // Nothing comes before it is no longer waited for.
      return await new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
      });
    }
    if (answer instanceof RelayError) throw answer;
    return typeof answer === 'function' ? await answer() : answer;
  };
  const votes: { verdict: string; proposal: string | null }[] = [];
  const ports = {
    client: {
      statements: {
        submit: (input: unknown, options?: { signal?: AbortSignal }) =>
          next('submit', input, options?.signal),
        read: (input: unknown, options?: { signal?: AbortSignal }) => next('read', input, options?.signal),
        cancel: (input: unknown, options?: { signal?: AbortSignal }) =>
          next('cancel', input, options?.signal),
      },
      approvals: { read: async () => ({ summary: summary(1), votes }) },
    },
    live: {
      subscribe: ({ name }: { name: string }, listener: (update: LiveUpdate) => void) => {
        listeners.set(name, listener);
        return { end: () => void listeners.delete(name) };
      },
    },
    now: () => 1_000,
    newId: () => 'request',
    sleep: async () => {},
  } as unknown as RunPorts;
  return { ports, calls, listeners, votes, more: (...next: StatementView[]) => left.push(...next) };
}

describe('a run', () => {
  it('is sent once and followed until its outcome', async () => {
    const { ports, calls, listeners } = relay([running, done]);
    const run = startRun({ sql: 'SELECT 1', prompt: 'one?' }, ports);
    expect(await run.settled).toMatchObject({ phase: 'succeeded', rowCount: 3 });
    expect(calls.map(({ what }) => what)).toEqual(['submit', 'read']);
    expect(calls[0]!.input).toMatchObject({
      body: { sql: 'SELECT 1', prompt: 'one?', requestId: 'request' },
    });
    expect([run.statement(), run.endedAt(), listeners.size]).toEqual([ID, 1_000, 0]);
  });

  it('is sent again under the same id while nobody answers, and says so meanwhile', async () => {
    const away = new RelayError('relay_unreachable', 'the relay does not answer');
    const { ports, calls } = relay([away, away, done]);
    const run = startRun({ sql: 'SELECT 1' }, ports);
    const said: (string | null)[] = [];
    run.onChange(() => said.push(run.trouble()));
    await run.settled;
    expect(calls.map(({ input }) => (input as { body: { requestId: string } }).body.requestId)).toEqual([
      'request',
      'request',
      'request',
    ]);
    expect(said[0]).toBe('the relay does not answer');
    expect(said.at(-1)).toBeNull();
  });

  it('says who is asked, takes votes as they come, and never an older one', async () => {
    const { ports, listeners, more } = relay([held]);
    const run = startRun({ sql: 'UPDATE T SET A = 1' }, ports);
    await vi.waitFor(() => expect(run.state()).toMatchObject({ asked: { facts: { needed: 2 } } }));
    const tell = (approval: ApprovalSummary) => listeners.get('approvals')!({ type: 'approval', approval });
    tell(summary(3, ['Grace']));
    tell(summary(2));
    expect(run.state()).toMatchObject({ asked: { facts: { approvedBy: ['Grace'] } } });
    more(done);
    // The live channel tells at once; the long poll would have told later.
    const statement = { id: ID, session: SESSION, revision: 9, at: '2026-11-22T11:00:00.000Z' };
    listeners.get('statements')!({ type: 'statement', statement: { ...statement, state: 'running' } });
    expect(await run.settled).toMatchObject({ phase: 'succeeded' });
    expect(run.session()).toBe(SESSION);
  });

  it('is cancelled at the relay while it waits for an outcome', async () => {
    const { ports, calls, more } = relay([running]);
    const run = startRun({ sql: 'SELECT 1' }, ports);
    await vi.waitFor(() => expect(calls).toHaveLength(2));
    more(failed('statement_cancelled'));
    await run.cancel();
    expect(calls.map(({ what }) => what)).toEqual(['submit', 'read', 'cancel']);
    expect(run.state()).toMatchObject({ phase: 'failed', error: { code: 'statement_cancelled' } });
  });

  it('is cancelled also when it was not yet known by any id', async () => {
    let arrive = (_view: StatementView) => {};
    const { ports, calls, more } = relay([
      () =>
        new Promise((resolve) => {
          arrive = resolve;
        }),
    ]);
    const run = startRun({ sql: 'SELECT 1' }, ports);
    const cancelled = run.cancel();
    more(failed('statement_cancelled'));
    arrive(running);
    await cancelled;
    expect(calls.map(({ what }) => what)).toEqual(['submit', 'cancel']);
  });

  it('tells of a denial with what was proposed instead', async () => {
    const { ports, votes } = relay([held, failed('approval_denied')]);
    votes.push({ verdict: 'deny', proposal: 'UPDATE T SET A = 1 WHERE B = 2' });
    const run = startRun({ sql: 'UPDATE T SET A = 1' }, ports);
    expect(await run.settled).toMatchObject({ error: { proposal: 'UPDATE T SET A = 1 WHERE B = 2' } });
  });

  it('ends where the relay refuses it for good', async () => {
    const { ports } = relay([new RelayError('token_invalid', 'no', { advice: 'sign in' })]);
    expect(await startRun({ sql: 'SELECT 1' }, ports).settled).toMatchObject({
      error: { code: 'token_invalid', advice: 'sign in' },
    });
  });

  it('follows a statement that another has sent', async () => {
    const { ports, calls } = relay([done]);
    await startRun({ sql: 'SELECT 1', statement: ID }, ports).settled;
    expect(calls.map(({ what }) => what)).toEqual(['read']);
  });
});
