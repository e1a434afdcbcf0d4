import type { Identity } from '../../identity/index.ts';
import type { Queries, Query } from '../../queries/index.ts';
import { type ApiSessions, openApiSessions } from './api-sessions.ts';

/** Statements of clients whose protocol has no sessions, by handle. */
export interface StatementService {
  submit(by: Caller, order: Order): Promise<Query>;
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
  parts: Parameters<typeof openApiSessions>[0] & { readonly queries: Queries },
): Promise<StatementService> {
  const { queries } = parts;
  const apiSessions: ApiSessions = await openApiSessions(parts);
  return {
    async submit({ identity, address, agent }, order) {
      const session = await apiSessions.of(identity, address, agent);
      return queries.submit({ session, ...order, describeOnly: false, attended: false });
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
