import type { EventBody, IdentitySummary, SessionEvent } from '@sluice/contract';
import type { SessionId } from '../session/index.ts';
import type { RecordsEvents } from './log/event-log.ts';
import type { RecordReaders, RecordTransaction, SessionFilter, SessionSummary } from './ports.ts';
import type { ProvenRecord } from './proven-record.ts';
import { unknownSession } from './unknown-session.ts';

export interface LegalHold {
  readonly held: boolean;
  readonly by: IdentitySummary;
  readonly reason: string;
}

/** Sessions that retention must not touch, whatever its rules say. */
export interface LegalHolds {
  /**
   * Places sessions under hold, or releases them; each says so in its own chain. Those that are as wanted already are left
   * alone.
   *
   * @throws SluiceError `session_unknown` when one that is named is not on the record: then nothing has changed.
   */
  set(order: HoldOrder, hold: LegalHold): Promise<HoldOutcome>;
  /** How many sessions `set` would be about. @throws SluiceError `session_unknown` likewise. */
  preview(order: HoldOrder, held: boolean): Promise<HoldOutcome>;
  /** Sessions under hold; those opened last come first. */
  list(page: Pick<SessionFilter, 'after' | 'limit'>): Promise<readonly HeldSession[]>;
}

/** Which sessions: named, or all on the record that were opened by somebody, in some time. */
export type HoldOrder =
  { readonly sessions: readonly SessionId[] } | Pick<SessionFilter, 'person' | 'since' | 'before'>;

export interface HoldOutcome {
  readonly sessions: number;
  readonly changed: number;
}

export interface HeldSession extends Pick<SessionSummary, 'session' | 'openedAt' | 'person' | 'name'> {
  /** ISO 8601, UTC. */
  readonly heldAt: string;
  readonly by: IdentitySummary;
  readonly reason: string;
}

export function createLegalHolds(options: {
  readonly store: Pick<RecordReaders, 'events' | 'index' | 'checkpoints' | 'dataKeys'>;
  readonly transaction: <T>(work: (tx: RecordTransaction & RecordsEvents) => Promise<T>) => Promise<T>;
  readonly relaySession: SessionId;
  readonly proof: Pick<ProvenRecord, 'isHeld'>;
}): LegalHolds {
  const { store, transaction, relaySession, proof } = options;

  const each = async function* (order: HoldOrder): AsyncGenerator<readonly SessionId[]> {
    if ('sessions' in order) {
      for (const session of order.sessions) {
        if (!(await store.index.isKnown(session))) throw unknownSession(session);
      }
      for (let at = 0; at < order.sessions.length; at += AT_ONCE)
        yield order.sessions.slice(at, at + AT_ONCE);
      return;
    }
    let after: SessionSummary | undefined;
    for (;;) {
      const filter = { ...order, ...(after === undefined ? {} : { after }), limit: AT_ONCE };
      const page: readonly SessionSummary[] = await store.index.sessions(filter);
      yield page.map(({ session }) => session);
      if (page.length < AT_ONCE) return;
      after = page.at(-1);
    }
  };

  return {
    async set(order, hold) {
      const outcome = { sessions: 0, changed: 0 };
      const pages = each(order);
      let page = await pages.next();
      // By whom and why, once for all of them, before what stands in each.
      const { held, by, reason } = hold;
      const detail = { held: String(held), by: by.id, reason, of: JSON.stringify(order) };
      await transaction((tx) => tx.record(relaySession, { type: 'notice', what: 'legal_hold', detail }));
      while (page.done !== true) {
        const sessions = page.value;
        outcome.sessions += sessions.length;
        outcome.changed += await transaction(async (tx) => {
          let changed = 0;
          for (const session of sessions) {
            if ((await proof.isHeld(session, tx)) === held) continue;
            await setLegalHold(tx, session, hold);
            changed += 1;
          }
          return changed;
        });
        page = await pages.next();
      }
      return outcome;
    },
    async preview(order, held) {
      const outcome = { sessions: 0, changed: 0 };
      for await (const sessions of each(order)) {
        outcome.sessions += sessions.length;
        for (const session of sessions)
          if ((await proof.isHeld(session, store)) !== held) outcome.changed += 1;
      }
      return outcome;
    },
    async list(page) {
      const found = await store.index.sessions({ ...page, held: true });
      const holds = await Promise.all(
        found.map(async ({ session, openedAt, person, name }) => {
          const event = (await store.events.ofTypes(session, ['hold'])).at(-1);
          const body = JSON.parse(event?.body ?? 'null') as EventBody | null;
          if (event === undefined || body?.type !== 'hold') return [];
          const { by, reason } = body;
          return [{ session, openedAt, person, name, heldAt: event.at, by, reason }];
        }),
      );
      return holds.flat();
    },
  };
}

/** Sessions in one transaction. */
const AT_ONCE = 50;

/** Within a transaction, so that retention in the same commit knows of it. */
export async function setLegalHold(
  tx: RecordTransaction & RecordsEvents,
  session: SessionId,
  hold: LegalHold,
): Promise<SessionEvent> {
  if (!(await tx.index.isKnown(session))) throw unknownSession(session);
  await tx.index.sessionHeld(session, hold.held);
  return tx.record(session, { type: 'hold', ...hold });
}
