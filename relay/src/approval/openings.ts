import { createHash } from 'node:crypto';
import { SluiceError } from '../errors.ts';
import { type Identity, sameAccount } from '../identity/index.ts';
import type { FollowedEvents, ProvingReaders, RecordsEvents } from '../recording/index.ts';
import type { SessionId } from '../session/index.ts';
import type { Opening, OpeningOrder } from './opening.ts';
import { openingDigest, type OpeningOnRecord, wrongOpening } from './opening-story.ts';
import type { ApprovalPartStore, OpeningsStore } from './ports.ts';
import { type OnRefusedRow, refusedRow } from './refused-row.ts';
import type { Transaction } from '../unit-of-work.ts';

/**
 * Break-glass that somebody has opened: for one text, where it is to run, once, for some minutes. To open it takes a
 * token that decides; the statement then comes by any client of theirs. What an agent sends opens nothing.
 */
export interface Openings {
  /** On the record when it resolves. @throws `approver_not_allowed`, `too_many_held`. */
  open(by: Identity, order: OpeningOrder): Promise<Opening>;
  /** One of this very account, for exactly this; null when there is none. */
  find(identity: Identity, what: Pick<Opening, 'sql' | 'database' | 'schema'>): Opening | null;
  /** Uses it up, before the statement runs. @throws `approval_void` when it has been used, or is over. */
  use(tx: OpeningTransaction, opening: Opening, statement: string): Promise<void>;
}

export interface OpeningsOptions {
  readonly store: Pick<ApprovalPartStore, 'openings' | 'transaction' | 'changes'>;
  /** Where it is recorded that break-glass was opened; its use goes on the statement's own session. */
  readonly relaySession: SessionId;
  readonly now: () => number;
  readonly newId: () => string;
  readonly onRecord: FollowedEvents<OpeningOnRecord>;
  readonly onRefusedRow: OnRefusedRow;
}

export interface OpeningTransaction extends Transaction, RecordsEvents, ProvingReaders {
  readonly openings: OpeningsStore;
}

/** Open at a time, of one person. */
const MOST = 20;

export async function createOpenings(options: OpeningsOptions): Promise<Openings> {
  const { store, relaySession, now, newId, onRecord, onRefusedRow } = options;
  /** As the store has them, whichever relay opened or used them. */
  let open = new Map<string, Opening>();
  const read = async () => {
    open = new Map((await store.openings.list()).map((opening) => [opening.id, opening]));
  };
  store.changes.follow('opening', read);
  await read();

  return {
    async open(by, { minutes, reason, sql, database, schema }) {
      if (by.kind !== 'person') {
        throw new SluiceError('approver_not_allowed', 'break-glass is for people, not for pipelines');
      }
      const order = { reason, sql, database, schema };
      const [id, until] = [newId(), now() + minutes * 60_000];
      const ordered = { ...order, id, by, until };
      const detail = {
        opening: id,
        by: by.id,
        reason,
        sql: createHash('sha256').update(sql).digest('hex'),
        database: database ?? '',
        schema: schema ?? '',
        until: new Date(until).toISOString(),
        digest: openingDigest(ordered),
      };
      return await store.transaction(async (tx) => {
        await tx.openings.forgetOver(now());
        const own = (await tx.openings.list()).filter((opening) => opening.by.id === by.id);
        if (own.length >= MOST) {
          throw new SluiceError(
            'too_many_held',
            `you have opened break-glass ${MOST} times, and not used it`,
          );
        }
        const event = await tx.record(relaySession, { type: 'notice', what: 'break_glass_opened', detail });
        onRecord.note(tx, event);
        const opening: Opening = { ...ordered, seq: event.seq };
        await tx.openings.add(opening);
        tx.tell({ topic: 'opening', key: id });
        return opening;
      });
    },

    find(identity, { sql, database, schema }) {
      const found = [...open.values()].find(
        (opening) =>
          sameAccount(opening.by, identity) &&
          now() < opening.until &&
          opening.sql === sql &&
          opening.database === database &&
          opening.schema === schema,
      );
      return found ?? null;
    },

    async use(tx, opening, statement) {
      // Taken in the transaction that lets the statement go on: of two at once, one finds it gone.
      if (now() >= opening.until || !(await tx.openings.remove(opening.id))) {
        throw new SluiceError(
          'approval_void',
          'break-glass was opened for one run of this statement, and is over',
          {
            advice: 'open it again',
          },
        );
      }
      const place = { session: relaySession, seq: opening.seq };
      const wrong = wrongOpening(opening, await onRecord.standing(tx, place));
      if (wrong !== null) {
        open.delete(opening.id);
        onRefusedRow('break_glass_refused', refusedRow('break_glass_opening', opening.id, wrong));
        throw new SluiceError('approval_void', 'break-glass was not opened for it on the record', {
          advice: 'open it again, and tell the people who run the relay',
        });
      }
      const detail = { opening: opening.id, statement };
      const use = { type: 'notice', what: 'break_glass_opening_used', detail } as const;
      onRecord.note(tx, await tx.record(relaySession, use));
      tx.tell({ topic: 'opening', key: opening.id });
      tx.onEnd((durable) => durable && open.delete(opening.id));
    },
  };
}
