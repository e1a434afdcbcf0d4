import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { SluiceError } from '../errors.ts';
import { type Identity, sameAccount } from '../identity/index.ts';
import type { Recorder } from '../recording/index.ts';
import type { SessionId } from '../session/index.ts';
import type { ApprovalTables } from './migrations.ts';

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
  use(opening: Opening, statement: string): Promise<void>;
}

export interface OpeningOrder {
  /** Why, in the person's own words. */
  readonly reason: string;
  readonly sql: string;
  /** Of the session that it is to run in. */
  readonly database: string | null;
  readonly schema: string | null;
  readonly minutes: number;
}

export interface Opening extends Omit<OpeningOrder, 'minutes'> {
  readonly id: string;
  readonly by: Identity;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

export interface OpeningsOptions {
  readonly database: Kysely<unknown>;
  readonly recorder: Pick<Recorder, 'append'>;
  /** Where it is recorded that break-glass was opened; its use goes on the statement's own session. */
  readonly relaySession: SessionId;
  readonly now: () => number;
  readonly newId: () => string;
}

/** Open at a time, of one person. */
const MOST = 20;

export async function createOpenings(options: OpeningsOptions): Promise<Openings> {
  const { recorder, relaySession, now, newId } = options;
  const db = options.database as Kysely<ApprovalTables>;
  const rows = await db.selectFrom('break_glass_opening').select('content').execute();
  const open = new Map(
    rows.map(({ content }) => JSON.parse(content) as Opening).map((opening) => [opening.id, opening]),
  );

  return {
    async open(by, { minutes, ...order }) {
      if (by.kind !== 'person') {
        throw new SluiceError('approver_not_allowed', 'break-glass is for people, not for pipelines');
      }
      await forgetOver();
      if ([...open.values()].filter((opening) => opening.by.id === by.id).length >= MOST) {
        throw new SluiceError('too_many_held', `you have opened break-glass ${MOST} times, and not used it`);
      }
      const opening: Opening = { ...order, id: newId(), by, until: now() + minutes * 60_000 };
      const { id, reason, sql, database, schema, until } = opening;
      const detail = {
        opening: id,
        by: by.id,
        reason,
        sql: createHash('sha256').update(sql).digest('hex'),
        database: database ?? '',
        schema: schema ?? '',
        until: new Date(until).toISOString(),
      };
      const event = { type: 'notice', what: 'break_glass_opened', detail } as const;
      await recorder.append(relaySession, event, async (transaction) => {
        await (transaction as Kysely<ApprovalTables>)
          .insertInto('break_glass_opening')
          .values({ id, expires_at: until, content: JSON.stringify(opening) })
          .execute();
      });
      open.set(id, opening);
      return opening;
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

    async use(opening, statement) {
      // Taken here and now: of two statements at once, one finds it gone.
      if (!open.delete(opening.id) || now() >= opening.until) {
        throw new SluiceError(
          'approval_void',
          'break-glass was opened for one run of this statement, and is over',
          {
            advice: 'open it again',
          },
        );
      }
      const detail = { opening: opening.id, statement };
      const event = { type: 'notice', what: 'break_glass_opening_used', detail } as const;
      await recorder.append(relaySession, event, async (transaction) => {
        await (transaction as Kysely<ApprovalTables>)
          .deleteFrom('break_glass_opening')
          .where('id', '=', opening.id)
          .execute();
      });
    },
  };

  async function forgetOver(): Promise<void> {
    for (const { id, until } of open.values()) if (until <= now()) open.delete(id);
    await db.deleteFrom('break_glass_opening').where('expires_at', '<=', now()).execute();
  }
}
