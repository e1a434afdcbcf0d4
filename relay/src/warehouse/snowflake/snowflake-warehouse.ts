import type { SessionState } from '../session-state.ts';
import type { Warehouse, WarehouseSession } from '../warehouse.ts';
import type { GovernanceAsked } from './catalog/governance.ts';
import { createSharedCatalog } from './catalog/session-catalog.ts';
import type { Upstream } from './client/upstream.ts';
import { createAccountFiles } from './session-files.ts';
import { findLeft } from './find-left.ts';
import { openSnowflakeSession } from './snowflake-session.ts';

export interface SnowflakeOptions {
  /** An account that the relay signs in to. It is closed with the warehouse. */
  readonly upstream: Upstream;
  /** The database, schema, virtual warehouse and role of sessions that ask for none. */
  readonly defaults: SessionState;
  /** How long what was found under a name is believed before a decision. Before it runs it is looked at again in any case. */
  readonly catalogForMs: number;
  /** What is asked of the account's own tags and masking policies; by default, nothing. */
  readonly governance?: GovernanceAsked;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A new UUID. */
  readonly newId: () => string;
}

/** A Snowflake account. Each client session has a session of its own there, signed in with the relay's credential. */
export function openSnowflakeWarehouse({
  upstream,
  defaults,
  catalogForMs,
  governance = { tags: 'off', policies: 'off' },
  now,
  newId,
}: SnowflakeOptions): Warehouse {
  const shared = createSharedCatalog(catalogForMs, now, governance);
  const sessions = new Set<WarehouseSession>();
  const files = createAccountFiles(now);
  return {
    defaults,
    transfers: files,
    async openSession(state, variables = new Map(), parameters = {}, _answers = {}, owner = '') {
      const session = await openSnowflakeSession({
        upstream,
        shared,
        newId,
        initial: { state, variables, parameters },
        files: files.session(owner),
        onClosed: () => sessions.delete(session),
      });
      sessions.add(session);
      return session;
    },
    findLeft: (statements, signal) => findLeft({ upstream, defaults, newId }, statements, signal),
    ping: () => upstream.ping(),
    async close() {
      await Promise.all([...sessions].map((session) => session.close()));
      await upstream.close();
      await files.close();
    },
  };
}
