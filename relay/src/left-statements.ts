import type { EventBody } from '@sluice/contract';
import { createEndsInWarehouse, type Ending, type SentEnding } from './ends-in-warehouse.ts';
import { inTurn } from './in-turn.ts';
import {
  endNobodySaw,
  isOpenSince,
  type OpenStatement,
  type OpenStatementsReader,
  type OpenStatementsStore,
  type ProvenEvents,
  type ProvingReaders,
  type RecordsEvents,
  statementStanding,
} from './recording/index.ts';
import type { Relays } from './relays.ts';
import type { Transaction, UnitOfWork } from './unit-of-work.ts';
import type { Warehouse } from './warehouse/index.ts';

/**
 * Sees to it that every statement has an end on the record, also where the relay that had it could not write one. Which
 * statements are open is found in a table that nothing signs: an end is written only for one that began on the record, and
 * has none there.
 */
export interface LeftStatements {
  /** Of a statement of this relay whose end could not be recorded: that is made up for when it can. */
  owe(statement: string): void;
  /** Ends, on the record, what relays that are gone have left, and what is owed. What is held goes on. */
  settle(): Promise<void>;
  /** Called about once a second. */
  tick(): Promise<void>;
}

export interface LeftStatementsOptions {
  readonly store: ProvingReaders & { readonly openStatements: OpenStatementsReader } & UnitOfWork<
      Transaction & RecordsEvents & ProvingReaders & { readonly openStatements: OpenStatementsStore }
    >;
  readonly proof: Pick<ProvenEvents, 'standingOf'>;
  readonly relays: Pick<Relays, 'self' | 'isThere' | 'sentTo'>;
  /** Statements that wait for people, which the next relay goes on with. */
  readonly held: () => Promise<readonly string[]>;
  /** What became of some that were sent to the warehouse, if it outlives its relays. */
  readonly findLeft?: Warehouse['findLeft'] | undefined;
  /** Told how many it has ended. */
  readonly onEnded?: (statements: number) => void;
  /** Told how many the table has that are not open by the record: nothing is written of them, and they are taken out of it. */
  readonly onUnfounded?: (statements: number) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** How often it is looked for what other relays have left. Milliseconds. */
const LOOK_EVERY = 60_000;

export function createLeftStatements({
  store,
  proof,
  relays,
  held,
  findLeft,
  onEnded,
  onUnfounded,
  now,
}: LeftStatementsOptions): LeftStatements {
  const owed = new Set<string>();
  const inWarehouse = createEndsInWarehouse(findLeft);
  let lookedAt = -Infinity;

  const isLeft = async ({ statement, relay }: OpenStatement, waiting: ReadonlySet<string>) => {
    if (owed.has(statement)) return true;
    if (waiting.has(statement) || (await relays.isThere(relay))) return false;
    // Its id says whose it is, whatever the table does.
    return (await relays.sentTo(statement)) === null;
  };

  const settleNow = async () => {
    lookedAt = now();
    const before = [...owed];
    const waiting = new Set(await held());
    const ends = new Map<string, Ending>();
    const sent: SentEnding[] = [];
    const unfounded: string[] = [];
    for (const open of await store.openStatements.all()) {
      if (!(await isLeft(open, waiting))) continue;
      const { statement, session } = open;
      const standing = await statementStanding(store, proof, open);
      if (standing.is === 'ended' || standing.is === 'none') unfounded.push(statement);
      if (standing.is !== 'open') continue;
      const { executed, seq } = standing;
      const body = owed.has(statement) ? endUnrecorded(statement) : endNobodySaw({ statement, executed });
      if (executed && !owed.has(statement)) sent.push({ statement, session, seq, bodies: [body] });
      else ends.set(statement, { session, seq, bodies: [body] });
    }
    for (const { statement, ...end } of await inWarehouse.endsOf(sent)) ends.set(statement, end);
    if (ends.size + unfounded.length > 0) {
      const removed = await store.transaction(async (tx) => {
        const open = new Set((await tx.openStatements.all()).map(({ statement }) => statement));
        // Two relays may look at once: what has ended meanwhile is not ended again.
        for (const [statement, end] of ends) {
          if (open.has(statement) && (await isOpenSince(tx, proof, { ...end, statement })))
            for (const body of end.bodies) await tx.record(end.session, body);
        }
        const still = unfounded.filter((statement) => open.has(statement));
        await tx.openStatements.remove(still);
        return still.length;
      });
      if (ends.size > 0) onEnded?.(ends.size);
      if (removed > 0) onUnfounded?.(removed);
    }
    for (const statement of before) owed.delete(statement);
  };

  const turn = inTurn();
  /** One after the other: what two would find at once, both would end. */
  const settle = () => turn(settleNow);

  return {
    owe: (statement) => void owed.add(statement),
    settle,
    async tick() {
      if (owed.size > 0 || Math.abs(now() - lookedAt) >= LOOK_EVERY) await settle();
    },
  };
}

function endUnrecorded(statement: string): EventBody {
  return {
    type: 'error',
    statement,
    code: 'record_unavailable',
    message: 'what became of it could not be recorded when it ended, and nothing of its result was given out',
  };
}
