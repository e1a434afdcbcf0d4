import type { EventBody } from '@sluice/contract';
import { endNobodySaw, type OpenStatement, type OpenStatementsReader } from './recording/index.ts';
import type { RecordsEvents } from './recording/index.ts';
import type { Relays } from './relays.ts';
import type { Transaction, UnitOfWork } from './unit-of-work.ts';

/** Sees to it that every statement has an end on the record, also where the relay that had it could not write one. */
export interface LeftStatements {
  /** Of a statement of this relay whose end could not be recorded: that is made up for when it can. */
  owe(statement: string): void;
  /** Ends, on the record, what relays that are gone have left, and what is owed. What is held goes on. */
  settle(): Promise<void>;
  /** Called about once a second. */
  tick(): Promise<void>;
}

export interface LeftStatementsOptions {
  readonly store: { readonly openStatements: OpenStatementsReader } & UnitOfWork<
    Transaction & RecordsEvents & { readonly openStatements: OpenStatementsReader }
  >;
  readonly relays: Pick<Relays, 'self' | 'isThere'>;
  /** Statements that wait for people, which the next relay goes on with. */
  readonly held: () => Promise<readonly string[]>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** How often it is looked for what other relays have left. Milliseconds. */
const LOOK_EVERY = 60_000;

export function createLeftStatements({ store, relays, held, now }: LeftStatementsOptions): LeftStatements {
  const owed = new Set<string>();
  let lookedAt = -Infinity;

  const endOf = async (open: OpenStatement, waiting: ReadonlySet<string>): Promise<EventBody | null> => {
    if (open.relay === relays.self) return owed.has(open.statement) ? endUnrecorded(open) : null;
    if (waiting.has(open.statement) || (await relays.isThere(open.relay))) return null;
    return endNobodySaw(open);
  };

  const settle = async () => {
    lookedAt = now();
    const before = [...owed];
    const waiting = new Set(await held());
    const ends = new Map<string, EventBody>();
    for (const open of await store.openStatements.all()) {
      const end = await endOf(open, waiting);
      if (end !== null) ends.set(open.statement, end);
    }
    if (ends.size > 0) {
      await store.transaction(async (tx) => {
        // Two relays may look at once: what has ended meanwhile is not ended again.
        for (const { statement, session } of await tx.openStatements.all()) {
          const end = ends.get(statement);
          if (end !== undefined) await tx.record(session, end);
        }
      });
    }
    for (const statement of before) owed.delete(statement);
  };

  return {
    owe: (statement) => void owed.add(statement),
    settle,
    async tick() {
      if (owed.size > 0 || Math.abs(now() - lookedAt) >= LOOK_EVERY) await settle();
    },
  };
}

function endUnrecorded({ statement }: OpenStatement): EventBody {
  return {
    type: 'error',
    statement,
    code: 'record_unavailable',
    message: 'what became of it could not be recorded when it ended, and nothing of its result was given out',
  };
}
