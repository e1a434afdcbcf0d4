import type { Identity } from '../../identity/index.ts';
import type { Gate, StatementExplanation } from '../../gate.ts';
import type { Places } from '../../limits/index.ts';
import type { Queries, Query } from '../../queries/index.ts';
import { type ApiSessions, openApiSessions } from './api-sessions.ts';

/** Statements of clients whose protocol has no sessions, by handle. */
export interface StatementService {
  submit(by: Caller, order: Order): Promise<Query>;
  /** What would become of it in the same session; it is not run. @throws as the gate does, and `too_many_statements`. */
  explain(
    by: Caller,
    order: Pick<Order, 'sql' | 'binds'>,
    signal: AbortSignal,
  ): Promise<StatementExplanation>;
  /** One of this identity's own; null for another's, as if it were not there. */
  find(identity: Identity, id: string): Query | null;
}

export interface Caller {
  readonly identity: Identity;
  readonly address: string;
  /** What says that it made the SQL: a claim. */
  readonly agent: string | null;
}

export interface Order {
  readonly sql: string;
  readonly binds: Parameters<Queries['submit']>[0]['binds'];
  /** A repeat is the same statement, never a second one. */
  readonly requestId: string;
  readonly prompt: Parameters<Queries['submit']>[0]['prompt'];
}

export async function openStatementService(
  parts: Parameters<typeof openApiSessions>[0] & {
    readonly queries: Queries;
    readonly explain: Gate['explain'];
    /** Of statements under way: understanding one is work, whether or not it runs. */
    readonly places: Places;
    readonly newId: () => string;
  },
): Promise<StatementService> {
  const { queries, explain, places, newId } = parts;
  const apiSessions: ApiSessions = await openApiSessions(parts);
  return {
    async submit({ identity, address, agent }, order) {
      const session = await apiSessions.of(identity, address, agent);
      return queries.submit({ session, ...order, describeOnly: false, attended: false });
    },
    async explain({ identity, address, agent }, order, signal) {
      const session = await apiSessions.of(identity, address, agent);
      const release = places.take(identity.id);
      try {
        const id = newId();
        const request = { session, ...order, queryId: id, requestId: id, describeOnly: false, prompt: null };
        return await explain(request, signal);
      } finally {
        release();
      }
    },
    find(identity, id) {
      for (const session of apiSessions.opened(identity)) {
        const query = queries.find(session, id);
        if (query !== null) return query;
      }
      return null;
    },
  };
}
