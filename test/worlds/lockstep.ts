import type { Policy } from '../../relay/src/policy/index.ts';
import { type Answer, isTelling, wasAllowed, wasAsked } from './answer.ts';
import { createObserver, isInSecretOrder, type Observed } from './observation.ts';
import type { Order } from './order.ts';
import { type Subject, worldRelay } from './relay-in-process.ts';
import type { Orders } from './statements/sessions.ts';
import type { ShopWorlds } from './shop-worlds.ts';

/** Sends the same orders to both worlds, and compares what leaves each. */
export interface Lockstep {
  run(session: { readonly subject: Subject; readonly orders: Orders }): Promise<SessionReport>;
  /** The same orders again, whatever becomes of them. */
  replay(session: { readonly subject: Subject; readonly orders: readonly Order[] }): Promise<SessionReport>;
}

export interface SessionReport {
  readonly counts: Counts;
  readonly differences: readonly Difference[];
  readonly orders: readonly Order[];
}

/** Of statements, in the first world. */
export interface Counts {
  readonly statements: number;
  /** Let through unasked, and not failed. */
  readonly allowed: number;
  /** Allowed, and more than nulls, stars and no rows at all. */
  readonly telling: number;
  readonly asked: number;
  readonly refused: number;
  readonly failed: number;
}

export interface Difference {
  /** Place of the order in its session. */
  readonly index: number;
  readonly order: Order;
  readonly what: Observed['what'];
  readonly left: string;
  readonly right: string;
}

export const NO_COUNTS: Counts = { statements: 0, allowed: 0, telling: 0, asked: 0, refused: 0, failed: 0 };

export function createLockstep(
  worlds: ShopWorlds,
  policy: Policy,
  options: { readonly floor: boolean },
): Lockstep {
  const [left, right] = [worlds.left, worlds.right].map((warehouse) =>
    worldRelay({ warehouse, policy, ...options }),
  );

  const lockstep: Lockstep = {
    replay: ({ subject, orders }) => lockstep.run({ subject, orders: fixed(orders) }),
    async run({ subject, orders }) {
      const [here, there] = [await left!.openSession(subject), await right!.openSession(subject)];
      const [observeHere, observeThere] = [createObserver(), createObserver()];
      const differences: Difference[] = [];
      let counts = NO_COUNTS;
      const sent: Order[] = [];
      for (let next = orders.next(true); next.done !== true;) {
        const order = next.value;
        const index = sent.push(order) - 1;
        const [mine, theirs] = [await here.send(order), await there.send(order)];
        counts = mine.reduce(counted, counts);
        const found = compare(mine.map(observeHere.observe), theirs.map(observeThere.observe));
        // Of rows in an order of the session's own, others are the first ones, and others are written down.
        const isArbitrary = mine.some(isInSecretOrder) && ARBITRARY.test(order.sql);
        if (isArbitrary && !READS.test(order.sql)) break;
        if (found !== null && !isArbitrary) {
          differences.push({ index, order, ...found });
          // After this what is stored differs too, or which result is the last; and of course their consequences.
          if (!READS.test(order.sql) || order.series || found.what === 'error') break;
        }
        // A result of another shape than was understood is never read, and its session waits for that for ever.
        if (mine.some(({ result }) => result.error?.code === 'internal')) break;
        next = orders.next(mine.every(({ result }) => result.error === null));
      }
      await here.close();
      await there.close();
      if (sent.some(({ sql }) => /\bCREATE\b/i.test(sql))) await worlds.tidy();
      return { counts, differences, orders: sent };
    },
  };
  return lockstep;
}

function* fixed(orders: readonly Order[]): Orders {
  yield* orders;
}

const ARBITRARY = /\b(LIMIT|FETCH|TOP|SAMPLE|INSERT|UPDATE|MERGE|CREATE|OFFSET)\b/i;
const READS = /^\s*(SELECT|WITH|\(|EXPLAIN|SHOW|DESCRIBE)/i;

type Found = Pick<Difference, 'what' | 'left' | 'right'>;

/** The most telling of what differs: an error before its record, rows before their volume. */
function compare(
  left: readonly (readonly Observed[])[],
  right: readonly (readonly Observed[])[],
): Found | null {
  const texts = (side: readonly (readonly Observed[])[], what: Observed['what']) =>
    side.map((answer) => answer.find((one) => one.what === what)?.text ?? '').join('\n');
  for (const what of WHATS) {
    const [mine, theirs] = [texts(left, what), texts(right, what)];
    if (mine !== theirs) return { what, left: mine, right: theirs };
  }
  return null;
}

const WHATS = [
  'decision',
  'asking',
  'error',
  'shape',
  'rows',
  'order',
  'count',
  'record',
  'metrics',
] as const;

function counted(counts: Counts, answer: Answer): Counts {
  const { error } = answer.result;
  const asked = wasAsked(answer);
  const refused = !asked && error !== null && error.rule !== null;
  return {
    statements: counts.statements + 1,
    allowed: counts.allowed + Number(wasAllowed(answer)),
    telling: counts.telling + Number(wasAllowed(answer) && isTelling(answer)),
    asked: counts.asked + Number(asked),
    refused: counts.refused + Number(refused),
    failed: counts.failed + Number(!asked && !refused && error !== null),
  };
}

export function addCounts(left: Counts, right: Counts): Counts {
  return {
    statements: left.statements + right.statements,
    allowed: left.allowed + right.allowed,
    telling: left.telling + right.telling,
    asked: left.asked + right.asked,
    refused: left.refused + right.refused,
    failed: left.failed + right.failed,
  };
}
