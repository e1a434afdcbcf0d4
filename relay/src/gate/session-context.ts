import type { Session, SessionId } from '../session/index.ts';
import { createSessionTurns, type SessionTurns } from './session-turns.ts';
import type { EarlierResult, Family, ResolutionContext, VariableOrigin } from '@sluice/snowflake-sql';
import type { Binds, SessionState, Warehouse, WarehouseSession } from '../warehouse/index.ts';

/** What the gate keeps for one client session while it lives: its warehouse session and what came before. */
export interface SessionContext {
  /** Opened with the first statement that needs it. */
  warehouse(): Promise<WarehouseSession>;
  /** What the warehouse session says its state is: the one state that statements are decided and run under. */
  state(): Promise<SessionState>;
  readonly turns: SessionTurns;
  readonly variables: Map<string, VariableOrigin>;
  readonly results: Map<string, EarlierResult>;
  /** Rows and bytes returned so far, for limits over a session. */
  readonly returned: { rows: number; bytes: number };
  /** SQL texts whose result was stopped at a limit: the next time, the policy may ask first. */
  readonly stopped: Set<string>;
}

export interface SessionContexts {
  of(session: Session): SessionContext;
  close(id: SessionId): Promise<void>;
}

/** One client session is one warehouse session (driver protocol, section 10.2). */
export function createSessionContexts(warehouse: Warehouse): SessionContexts {
  const contexts = new Map<
    SessionId,
    { context: SessionContext; opened: () => Promise<WarehouseSession> | null }
  >();

  return {
    of(session) {
      const known = contexts.get(session.id);
      if (known) return known.context;
      const made = createSessionContext(warehouse, session);
      contexts.set(session.id, made);
      return made.context;
    },
    async close(id) {
      const known = contexts.get(id);
      contexts.delete(id);
      const opened = await known?.opened()?.catch(() => null);
      await opened?.close();
    },
  };
}

/** One of its own, with nothing in it that an earlier statement left: it is gone when the work is done. */
export async function inFreshContext<T>(
  warehouse: Warehouse,
  session: Session,
  work: (context: SessionContext) => Promise<T>,
): Promise<T> {
  const { context, opened } = createSessionContext(warehouse, session);
  try {
    return await work(context);
  } finally {
    const warehouseSession = await opened()?.catch(() => null);
    await warehouseSession?.close();
  }
}

function createSessionContext(warehouse: Warehouse, session: Session) {
  let opened: Promise<WarehouseSession> | null = null;
  const context: SessionContext = {
    warehouse() {
      opened ??= warehouse.openSession(session.state).catch((error: unknown) => {
        opened = null; // the next statement tries again
        throw error;
      });
      return opened;
    },
    state: async () => (await context.warehouse()).state,
    turns: createSessionTurns(),
    variables: new Map(),
    results: new Map(),
    returned: { rows: 0, bytes: 0 },
    stopped: new Set(),
  };
  return { context, opened: () => opened };
}

/** What of the session a statement's understanding depends on. */
export function resolutionContext(
  { database, schema }: SessionState,
  context: SessionContext,
  binds: Binds,
): ResolutionContext {
  return {
    ...(database === null ? {} : { database }),
    ...(schema === null ? {} : { schema }),
    variables: context.variables,
    results: context.results,
    binds: new Map(Object.entries(binds).map(([name, { type }]) => [name, familyOfBind(type)])),
  };
}

/** Of a bind's type as drivers name it (driver protocol, section 4.1). */
function familyOfBind(type: string): Family {
  if (type === 'TEXT') return 'text';
  if (type === 'FIXED' || type === 'REAL') return 'number';
  if (type === 'BOOLEAN') return 'boolean';
  if (type === 'BINARY') return 'binary';
  return /^(DATE|TIME)/.test(type) ? 'time' : 'unknown';
}
