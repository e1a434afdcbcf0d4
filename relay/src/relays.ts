import { createHash } from 'node:crypto';
import type { Transaction, UnitOfWork } from './unit-of-work.ts';

/** Which relays are at work on this store: what one of them alone has, such as a result, is there while it is. */
export interface Relays {
  /** This one; another id with each start. */
  readonly self: string;
  /** Whether there can be no other on this store. */
  readonly isAlone: boolean;
  isThere(relay: string): Promise<boolean>;
  /** The id of a new statement: a UUID that says which relay it was sent to. */
  newStatement(): string;
  /** The relay that a statement was sent to, by its id alone: so also for one that nobody has sent. Null when it is gone. */
  sentTo(statement: string): Promise<string | null>;
  /** Says that this one is. Called about once a second. */
  tick(): Promise<void>;
  /** Says that it is gone. */
  close(): Promise<void>;
}

/** What this needs of a store. Times are milliseconds since the epoch, by the clock of the relay that says them. */
export interface RelaysReader {
  /** Those that have said that they are there, and not that they are gone; and when they last did. */
  all(): Promise<readonly { readonly relay: string; readonly seenAt: number }[]>;
  /** Of a statement that was sent to another relay, and which one has gone on with; null for any other. */
  wentOnWith(statement: string): Promise<MovedStatement | null>;
}

export interface RelaysStore extends RelaysReader {
  seen(relay: string, at: number): Promise<void>;
  gone(relay: string): Promise<void>;
  /** Those that were last seen before then. */
  forget(before: number): Promise<void>;
  goOnWith(statement: string, moved: MovedStatement): Promise<void>;
}

export interface MovedStatement {
  readonly session: string;
  readonly relay: string;
}

export interface RelaysOptions {
  readonly self: string;
  readonly store: UnitOfWork<Transaction & { readonly relays: RelaysStore }> & {
    readonly relays: RelaysReader;
  };
  /** Whether there can be no other on this store: then nothing is said. */
  readonly isAlone: boolean;
  /** A new UUID. */
  readonly newId: () => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Far more often than it takes to be taken for gone: a database may be away for a moment, and clocks differ. Milliseconds. */
const SAYS_EVERY = 10_000;
const GONE_AFTER = 60_000;

export async function joinRelays({ self, store, isAlone, newId, now }: RelaysOptions): Promise<Relays> {
  let saidAt = -Infinity;
  const say = async () => {
    const at = now();
    await store.transaction(async (tx) => {
      await tx.relays.seen(self, at);
      await tx.relays.forget(at - GONE_AFTER);
    });
    saidAt = at;
  };
  if (!isAlone) await say();
  const others = async () => {
    const seen = isAlone ? [] : await store.relays.all();
    return seen.filter(({ seenAt }) => now() - seenAt < GONE_AFTER).map(({ relay }) => relay);
  };
  return {
    self,
    isAlone,
    isThere: async (relay) => relay === self || (await others()).includes(relay),
    newStatement: () => statementOf(self, newId()),
    async sentTo(statement) {
      if (isOf(self, statement)) return self;
      return (await others()).find((relay) => isOf(relay, statement)) ?? null;
    },
    async tick() {
      // Also when the clock was put back.
      if (!isAlone && Math.abs(now() - saidAt) >= SAYS_EVERY) await say();
    },
    async close() {
      if (!isAlone) await store.transaction((tx) => tx.relays.gone(self));
    },
  };
}

/** RFC 9562, version 8: its last 48 bits say which relay, and the others are random. */
function statementOf(relay: string, random: string): string {
  return `${random.slice(0, 14)}8${random.slice(15, 24)}${markOf(relay)}`;
}

function isOf(relay: string, statement: string): boolean {
  return statement[14] === '8' && statement.endsWith(markOf(relay));
}

function markOf(relay: string): string {
  return createHash('sha256').update(relay).digest('hex').slice(0, 12);
}
