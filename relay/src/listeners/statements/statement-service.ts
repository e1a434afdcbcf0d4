import type { Identity } from '../../identity/index.ts';
import type { AccessTerms } from '@sluice/contract';
import type { AheadAnswer, CatalogBrowser, ExplainedWithin, Gate, StatementExplanation } from '../../gate.ts';
import type { Places } from '../../limits/index.ts';
import type { Queries, Query } from '../../queries/index.ts';
import type { Session } from '../../session/index.ts';
import { apiSession, isApiSessionOf } from './api-sessions.ts';

/** Statements of clients whose protocol has no sessions, by handle. */
export interface StatementService {
  submit(by: Caller, order: Order): Promise<Query>;
  /** What would become of it in the same session; it is not run. @throws as the gate does, and `too_many_statements`. */
  explain(
    by: Caller,
    order: Pick<Order, 'sql' | 'binds'> & ExplainedWithin,
    signal: AbortSignal,
  ): Promise<StatementExplanation>;
  /**
   * Asks people for access ahead, for the same person alone; nothing runs. @throws as the gate does, and
   * `too_many_statements`.
   */
  askAhead(by: Caller, order: AccessAsked, signal: AbortSignal): Promise<AheadAnswer>;
  /** Looks at the catalog from the same session. @throws as the gate's does, and `too_many_statements`. */
  browse<Found>(
    by: Caller,
    signal: AbortSignal,
    look: (catalog: CatalogBrowser) => Promise<Found>,
  ): Promise<Found>;
  /** One of this identity's own; another's is as if it were not there. @throws as `Queries.findOwn` does. */
  find(identity: Identity, id: string): Promise<Query>;
  /** Ends it, also when another relay has it: that is told, and `statement_elsewhere` thrown. */
  cancel(identity: Identity, id: string): Promise<Query>;
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
  /** It runs only if it is understood as a read. */
  readonly onlyReads?: boolean;
}

/** What somebody asks access for. */
export interface AccessAsked extends Omit<AccessTerms, 'program'> {
  readonly sql: string;
  readonly bindTypes: Readonly<Record<string, string>>;
  /** Where it is left out, whoever asks: what they send next comes the same way. */
  readonly program?:
    | (Omit<AccessTerms['program'], 'tokenClient'> & { readonly tokenClient?: string | null | undefined })
    | undefined;
  readonly role?: string | undefined;
  readonly warehouse?: string | undefined;
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
}

export function createStatementService(
  parts: Parameters<typeof apiSession>[0] & {
    readonly queries: Queries;
    readonly explain: Gate['explain'];
    readonly askAhead: Gate['askAhead'];
    readonly browse: Gate['browse'];
    /** Of statements under way: understanding one is work, whether or not it runs. */
    readonly places: Places;
    readonly newId: () => string;
  },
): StatementService {
  const { queries, explain, askAhead, browse, places, newId, openingState } = parts;
  /** As one of the statements that its person may have under way. */
  const underWay = async <Done>(
    { identity, address, agent }: Caller,
    work: (session: Session) => Promise<Done>,
  ): Promise<Done> => {
    const session = await apiSession(parts, identity, address, agent);
    const release = places.take(identity.id);
    try {
      return await work(session);
    } finally {
      release();
    }
  };
  return {
    async submit({ identity, address, agent }, order) {
      const session = await apiSession(parts, identity, address, agent);
      return queries.submit({ session, ...order, describeOnly: false, attended: false });
    },
    explain: async (by, { sql, binds, ...within }, signal) =>
      await underWay(by, async (session) => {
        const id = newId();
        const request = {
          session,
          sql,
          binds,
          queryId: id,
          requestId: id,
          describeOnly: false,
          prompt: null,
        };
        return await explain(request, within, signal);
      }),
    askAhead: async (by, asked, signal) =>
      await underWay(by, async (session) => {
        const { sql, bindTypes, purpose, seconds, from, rows, rowsInAll } = asked;
        const { role = null, warehouse = null, database = null, schema = null } = asked;
        const { identity } = by;
        const state = await openingState(identity, { role, warehouse, database, schema });
        const { application, protocol, agent } = asked.program ?? session.client;
        const tokenClient = asked.program?.tokenClient;
        const program = {
          application,
          protocol: protocol === 'snowflake' ? protocol : 'api',
          agent,
          tokenClient: tokenClient === undefined ? identity.tokenClient : tokenClient,
        } as const;
        const terms = { purpose, seconds, from, rows, rowsInAll, program };
        return await askAhead({ session, queryId: newId(), sql, bindTypes, terms, state }, signal);
      }),
    browse: async (by, signal, look) =>
      await underWay(by, async (session) => await look(browse(session, signal))),
    find: (identity, id) => queries.findOwn(isApiSessionOf(identity), id),
    cancel: (identity, id) =>
      queries.cancelOwn({ by: identity, session: null, isOwn: isApiSessionOf(identity) }, id),
  };
}
