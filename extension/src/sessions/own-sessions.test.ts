import { type ApprovalSummary, type LiveUpdate, RelayError, type SessionSummary } from '@sluice/contract';
import { describe, expect, it, vi } from 'vitest';
import { createOwnSessions, type OwnSessionsPorts } from './own-sessions.ts';

const ADA = 'issuer|ada';
const request = (id: string, more: Partial<ApprovalSummary> = {}) =>
  ({
    kind: 'statement',
    id,
    statement: `statement of ${id}`,
    revision: 1,
    phase: 'asked',
    requester: { id: ADA },
    expiresAt: `2026-11-22T12:00:0${id}.000Z`,
    ...more,
  }) as ApprovalSummary;
const session = (id: string) => ({ session: id }) as SessionSummary;

function relay() {
  const told = new Map<string, (update: LiveUpdate) => void>();
  const state = {
    pending: [] as ApprovalSummary[],
    pages: [[session('3'), session('2')], [session('1')]] as SessionSummary[][],
    isAway: false,
  };
  const cancelled: string[] = [];
  const later: (() => void)[] = [];
  const guard = <Value>(value: Value): Value => {
    if (state.isAway) throw new RelayError('relay_unreachable', 'the relay does not answer');
    return value;
  };
  const ports = {
    person: ADA,
    client: {
      approvals: { list: async () => guard({ approvals: state.pending }) },
      sessions: {
        list: async ({ query }: { query: { cursor?: string } }) => {
          const at = Number(query.cursor ?? 0);
          return guard({
            sessions: state.pages[at]!,
            next: at + 1 < state.pages.length ? String(at + 1) : null,
          });
        },
      },
      statements: { cancel: async ({ params }: { params: { id: string } }) => cancelled.push(params.id) },
      access: {
        cancel: async ({ params }: { params: { id: string } }) => cancelled.push(`access ${params.id}`),
      },
    },
    live: {
      subscribe: ({ name }: { name: string }, listener: (update: LiveUpdate) => void) => {
        told.set(name, listener);
        return { end: () => told.delete(name) };
      },
    },
    after(_ms: number, run: () => void) {
      later.push(run);
      return () => void later.splice(later.indexOf(run), later.includes(run) ? 1 : 0);
    },
  } as unknown as OwnSessionsPorts;
  return { ports, state, told, cancelled, later };
}

describe('one’s own sessions', () => {
  it('are those of the person, with what waits, soonest to end first', async () => {
    const { ports, state } = relay();
    state.pending = [
      request('3'),
      request('1'),
      request('2', { requester: { id: 'issuer|grace' } as never }),
    ];
    const own = createOwnSessions(ports);
    expect(own.now()).toBeNull();
    await own.refresh();
    expect(own.now()!.waiting.map(({ id }) => id)).toEqual(['1', '3']);
    expect(own.now()!.sessions.map(({ session }) => session)).toEqual(['3', '2']);
    await own.more();
    expect(own.now()).toMatchObject({ hasMore: false });
    expect(own.now()!.sessions.map(({ session }) => session)).toEqual(['3', '2', '1']);
  });

  it('follow what is told, and never take an older state for a newer', async () => {
    const { ports, told, state, later } = relay();
    const own = createOwnSessions(ports);
    await own.refresh();
    const tell = (approval: ApprovalSummary) => told.get('approvals')!({ type: 'approval', approval });
    tell(request('1', { revision: 5 }));
    tell(request('1', { revision: 4, phase: 'denied' }));
    expect(own.now()!.waiting).toHaveLength(1);
    tell(request('2', { requester: { id: 'issuer|grace' } as never }));
    expect(own.now()!.waiting).toHaveLength(1);
    tell(request('1', { revision: 6, phase: 'denied' }));
    expect(own.now()!.waiting).toEqual([]);
    // A burst of statements is one question.
    state.pages = [[session('4'), session('3'), session('2')]];
    for (let times = 0; times < 5; times += 1)
      told.get('statements')!({ type: 'statement', statement: {} as never });
    expect(later).toHaveLength(1);
    later[0]!();
    await vi.waitFor(() => expect(own.now()!.sessions).toHaveLength(3));
  });

  it('stay while the relay is away, and say that they may be old', async () => {
    const { ports, state } = relay();
    const own = createOwnSessions(ports);
    await own.refresh();
    state.isAway = true;
    await own.refresh();
    expect(own.now()!.sessions).toHaveLength(2);
    expect(own.problem()).toBe('the relay does not answer');
    state.isAway = false;
    await own.refresh();
    expect(own.problem()).toBeNull();
  });

  it('withdraw statements and access, each in its way', async () => {
    const { ports, cancelled } = relay();
    const own = createOwnSessions(ports);
    await own.withdraw(request('1'));
    await own.withdraw({ ...request('2'), kind: 'access' } as ApprovalSummary);
    expect(cancelled).toEqual(['statement of 1', 'access 2']);
  });

  it('end with their subscriptions', () => {
    const { ports, told } = relay();
    createOwnSessions(ports).close();
    expect(told.size).toBe(0);
  });
});
