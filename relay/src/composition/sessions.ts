import { summaryOf } from '../approval/index.ts';
import type { Identity } from '../identity/index.ts';
import { rolesOf } from '../policy/index.ts';
import { createElsewhere, createLeftAdoption, createQueries, openSpool, orderOf } from '../queries/index.ts';
import { isSessionOpen } from '../recording/index.ts';
import { createSessions } from '../session/index.ts';
import type { SessionState } from '../warehouse/index.ts';
import type { RelayContext } from './context.ts';
import type { Gate } from './gate.ts';
import type { Identities } from './identity.ts';
import type { Storage } from './storage.ts';

export type SessionParts = Awaited<ReturnType<typeof startSessions>>;

/** Sign-ins, and the statements that each has in flight. */
export async function startSessions(
  context: RelayContext,
  { store, policy, relays, recording, sessionSeals }: Storage,
  { limits, revocations }: Identities,
  { gate, warehouse, approvals }: Gate,
) {
  const { config, files, start, now, newId, random, onError } = context;
  const sessions = await start(
    'sessions',
    () =>
      createSessions({
        store,
        now,
        randomBytes: random,
        newId,
        seals: sessionSeals,
        isOpenOnRecord: (id) => isSessionOpen(store, recording.proof, id),
        places: limits.sessions,
        async recordOpened(tx, { id, identity, client, state, parameters }) {
          // Whom another relay has put out since the token was checked.
          revocations.check(identity);
          const opened = { type: 'opened', identity: summaryOf(identity), client, state } as const;
          const set = Object.entries(parameters).map(([name, value]) => [name, String(value)] as const);
          const notice = {
            type: 'notice',
            what: 'session_parameters',
            detail: Object.fromEntries(set),
          } as const;
          const events = set.length === 0 ? [opened] : [opened, notice];
          limits.record(identity.id, Buffer.byteLength(JSON.stringify(events)));
          for (const event of events) await tx.record(id, event);
        },
        async onEnding(session) {
          await approvals.sessionEnded(session.id);
          await queries.endSession(session.id);
          await gate.endSession(session.id);
        },
        onError,
      }),
    ({ endExpired }) => ({ tick: endExpired }),
  );
  const elsewhere = createElsewhere({
    store,
    relays,
    held: {
      all: approvals.held,
      of: approvals.heldAs,
    },
    session: sessions.find,
  });
  const queries = createQueries({
    run: gate.run,
    spool: await openSpool(files.spool),
    allowance: limits,
    elsewhere,
    relay: relays.self,
    now,
    newId: relays.newStatement,
    onUnexpected: onError,
    limits: { statementMs: config.limits.statementSeconds * 1_000 },
  });
  // What was missed was a client's word, which it says again, or of a relay that was taken for gone.
  store.changes.follow('statement', (change) => {
    if (change !== null) queries.obey(orderOf(change.key));
  });
  await sessions.resume();
  if (!relays.isAlone)
    await start(
      'statements left by other relays',
      () => createLeftAdoption({ elsewhere, queries, now }),
      (tick) => ({ tick }),
    );

  /** What the client asked for, as far as its groups allow it. */
  const openingState = async (identity: Identity, asked: SessionState): Promise<SessionState> => {
    const allowed = rolesOf(policy.current(), identity);
    return {
      database: asked.database ?? warehouse.defaults.database,
      schema: asked.schema ?? (asked.database === null ? warehouse.defaults.schema : 'PUBLIC'),
      warehouse: asked.warehouse ?? warehouse.defaults.warehouse,
      role: asked.role ?? allowed?.default ?? warehouse.defaults.role,
    };
  };

  return {
    sessions,
    queries,
    openingState,
    /** A driver that polls a statement that an earlier relay held goes on polling: it is the same statement again. */
    adoptHeld: () => queries.adoptLeft(() => true),
  };
}
