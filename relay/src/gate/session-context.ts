import { SluiceError } from '../errors.ts';
import type {
  KeptContext,
  Session,
  SessionId,
  SessionPartTransaction,
  SessionsReader,
} from '../session/index.ts';
import type { Relays } from '../relays.ts';
import type { ChangeFeed } from '../unit-of-work.ts';
import { createKeptResults, type KeptResults } from './kept-results.ts';
import { createSessionTurns, type SessionTurns } from '../session-turns.ts';
import type { EarlierResult, ResolutionContext, VariableOrigin } from '@sluice/snowflake-sql';
import {
  type Binds,
  bindTextsOf,
  bindTypesOf,
  type SessionState,
  type Warehouse,
  type WarehouseSession,
} from '../warehouse/index.ts';

/** What the gate keeps for one client session while it lives: its warehouse session and what came before. */
export interface SessionContext {
  /**
   * Opened with the first statement that needs it, as whichever relay ran the session's statements last has left it.
   * Throws `session_elsewhere` when that relay has something of it that cannot be moved.
   */
  warehouse(): Promise<WarehouseSession>;
  /** Counts up whenever another relay has changed the session, and this one goes on from there. */
  generation(): number;
  /** Whether the session is still what it was in that generation, as far as any relay has said. */
  isOf(generation: number): boolean;
  /** Keeps what a statement has left the session as, if that is another than before, for the session's next relay. */
  keep(tx: SessionPartTransaction): Promise<void>;
  readonly turns: SessionTurns;
  readonly variables: Map<string, VariableOrigin>;
  readonly results: Map<string, EarlierResult>;
  /** Their rows, as the client had them. */
  readonly kept: KeptResults;
  /** Rows and bytes returned so far by this relay, for limits over a session. */
  readonly returned: { rows: number; bytes: number };
  /** SQL texts whose result was stopped at a limit: the next time, the policy may ask first. */
  readonly stopped: Set<string>;
}

export interface SessionContexts {
  of(session: Session): SessionContext;
  close(id: SessionId): Promise<void>;
}

export interface SessionContextsParts {
  readonly warehouse: Warehouse;
  readonly sessions: Pick<SessionsReader, 'context'>;
  readonly changes: Pick<ChangeFeed, 'follow'>;
  readonly relays: Pick<Relays, 'self' | 'isThere'>;
}

/** One client session is one warehouse session (driver protocol, section 10.2) at each relay that has its statements. */
export function createSessionContexts(parts: SessionContextsParts): SessionContexts {
  const contexts = new Map<SessionId, ReturnType<typeof createSessionContext>>();
  const keptOf = createKeptResults();
  parts.changes.follow('context', (change) => {
    if (change === null) {
      for (const { outdate } of contexts.values()) outdate(null);
      return;
    }
    const { session, relay, version } = JSON.parse(change.key) as ContextChange;
    if (relay !== parts.relays.self) contexts.get(session)?.outdate(version);
  });

  return {
    of(session) {
      const known = contexts.get(session.id);
      if (known) return known.context;
      const made = createSessionContext(parts, session, keptOf());
      contexts.set(session.id, made);
      return made.context;
    },
    async close(id) {
      const known = contexts.get(id);
      contexts.delete(id);
      await known?.close();
    },
  };
}

/** One of its own, with nothing in it that an earlier statement left: it is gone when the work is done. */
export async function inFreshContext<T>(
  warehouse: Warehouse,
  session: Session,
  work: (context: SessionContext) => Promise<T>,
): Promise<T> {
  const sessions = { context: async () => null };
  const relays = { self: '', isThere: async () => false };
  const { context, close } = createSessionContext(
    { warehouse, sessions, relays },
    session,
    createKeptResults()(),
  );
  try {
    return await work(context);
  } finally {
    await close();
  }
}

interface ContextChange {
  readonly session: SessionId;
  /** Which relay has left it, and as which version. */
  readonly relay: string;
  readonly version: number;
}

function createSessionContext(
  { warehouse, sessions, relays }: Omit<SessionContextsParts, 'changes'>,
  session: Session,
  keptResults: KeptResults,
) {
  let opened: Promise<WarehouseSession> | null = null;
  /** Of earlier generations: results of theirs may still be read. */
  const left: Promise<WarehouseSession>[] = [];
  let generation = 0;
  /** As it is in the store; null for a session that is not kept there. */
  let version: number | null = null;
  /** As another relay has left it, and whether nobody knows. */
  let newest = 0;
  let isUnknown = false;
  let kept = '';

  const isOutdated = () => isUnknown || (version !== null && newest > version);
  const open = async () => {
    // Before it is read: what is told from here on may be newer.
    isUnknown = false;
    const found = await sessions.context(session.id);
    const { state, variables, parameters, stays, relay } = found ?? {
      ...NOTHING,
      state: session.state,
      parameters: session.parameters,
    };
    if (stays.length > 0 && relay !== null && relay !== relays.self && (await relays.isThere(relay)))
      throw elsewhere(stays);
    const texts = variables.map(([name, { literal }]) => [name, literal] as const);
    const made = await warehouse.openSession(
      state,
      new Map(texts),
      parameters,
      answersOf(session),
      session.identity.id,
    );
    session.state = state;
    session.parameters = parameters;
    for (const [name, origin] of variables) context.variables.set(name, origin);
    version = found?.version ?? null;
    kept = JSON.stringify(contextOf(made, context.variables));
    return made;
  };

  const context: SessionContext = {
    warehouse() {
      if (opened !== null && isOutdated()) {
        left.push(opened);
        opened = null;
        version = null;
        generation += 1;
        context.variables.clear();
        context.results.clear();
        context.kept.clear();
      }
      opened ??= open().catch((error: unknown) => {
        opened = null; // the next statement tries again
        throw error;
      });
      return opened;
    },
    generation: () => generation,
    isOf: (earlier) => earlier === generation && !isOutdated(),
    async keep(tx) {
      if (opened === null) return;
      const now = contextOf(await opened, context.variables);
      const text = JSON.stringify(now);
      if (text === kept) return;
      if (version === null) {
        session.state = now.state;
        session.parameters = now.parameters;
        return;
      }
      const before = { version, kept };
      if (await tx.sessions.keepContext(session.id, before.version, { ...now, relay: relays.self })) {
        // What shares the commit goes on from here; what is undone is found to be behind, and reads anew.
        version = before.version + 1;
        kept = text;
        const change: ContextChange = { session: session.id, relay: relays.self, version };
        tx.tell({ topic: 'context', key: JSON.stringify(change) });
        tx.onEnd((durable) => {
          if (durable) {
            session.state = now.state;
            session.parameters = now.parameters;
          } else ({ version, kept } = before);
        });
        return;
      }
      // Another relay has changed it meanwhile: the session goes on from what that one has left.
      isUnknown = true;
      const detail = { why: 'another relay has changed the session at the same time' };
      await tx.record(session.id, { type: 'notice', what: 'session_context_lost', detail });
    },
    turns: createSessionTurns(),
    variables: new Map(),
    results: new Map(),
    kept: keptResults,
    returned: { rows: 0, bytes: 0 },
    stopped: new Set(),
  };
  return {
    context,
    outdate(left: number | null) {
      if (left === null) isUnknown = true;
      else newest = Math.max(newest, left);
    },
    async close() {
      keptResults.clear();
      const all = opened === null ? left : [...left, opened];
      for (const one of await Promise.all(all.map((open) => open.catch(() => null)))) await one?.close();
    },
  };
}

/** What a session says of itself, as Snowflake's functions name it. */
function answersOf({ identity, number, client }: Session): Readonly<Record<string, string | null>> {
  return {
    CURRENT_USER: identity.name.toUpperCase(),
    CURRENT_SESSION: String(number),
    CURRENT_CLIENT: `${client.application} ${client.version}`,
    CURRENT_IP_ADDRESS: client.address,
  };
}

const NOTHING: Omit<KeptContext, 'state'> = {
  variables: [],
  parameters: {},
  stays: [],
  relay: null,
};

/** What of a session another relay can go on from, and what it cannot. */
function contextOf(
  { state, variables: set, parameters, surroundings, isInTransaction }: WarehouseSession,
  origins: ReadonlyMap<string, VariableOrigin>,
): Omit<KeptContext, 'relay'> {
  const variables = [...origins].flatMap(([name, origin]) => {
    const { literal } = origin;
    return literal !== undefined && set.has(name) ? [[name, { ...origin, literal }] as const] : [];
  });
  const moved = new Set(variables.map(([name]) => name));
  // A value that was computed may be one of a sensitive column: it is not written down.
  const computed = [...set].filter((name) => !moved.has(name)).map((name) => `the variable $${name}`);
  const temporary = [...surroundings.answers.temporary].map((name) => `the temporary table ${name}`);
  const transaction = isInTransaction ? ['an open transaction'] : [];
  return { state, variables, parameters, stays: [...transaction, ...temporary, ...computed] };
}

function elsewhere(stays: readonly string[]): SluiceError {
  const [first, ...others] = stays;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return new SluiceError('session_elsewhere', `the session has ${first}${more} at another relay`, {
    advice:
      'send it again, so that it reaches that relay; a balancer should keep a session’s requests at one',
    retryAfterSeconds: 1,
  });
}

/** What of the session a statement's understanding depends on. */
export function resolutionContext(
  { database, schema }: SessionState,
  context: Pick<SessionContext, 'variables' | 'results'>,
  binds: Binds,
): ResolutionContext {
  return {
    ...(database === null ? {} : { database }),
    ...(schema === null ? {} : { schema }),
    variables: context.variables,
    results: context.results,
    binds: bindTypesOf(binds),
    bindTexts: bindTextsOf(binds),
  };
}
