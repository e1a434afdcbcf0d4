import type { Elsewhere } from './elsewhere.ts';
import type { Queries } from './queries.ts';

/** How often it is looked for statements that wait for people, and that no relay has any more. Milliseconds. */
const LOOK_EVERY = 30_000;

/**
 * Goes on with statements whose relay is gone, also when nobody asks for them: they are to run when people agree. Only with
 * those that were left at the look before, too: a client that polls makes its statement its own relay's at once.
 *
 * @returns what is called about once a second.
 */
export function createLeftAdoption(parts: {
  readonly elsewhere: Pick<Elsewhere, 'left'>;
  readonly queries: Pick<Queries, 'adoptLeft'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}): () => Promise<void> {
  const { elsewhere, queries, now } = parts;
  let lookedAt = now();
  let before: ReadonlySet<string> = new Set();
  return async () => {
    if (Math.abs(now() - lookedAt) < LOOK_EVERY) return;
    lookedAt = now();
    const left = new Set(await elsewhere.left());
    const still = left.intersection(before);
    if (still.size > 0) await queries.adoptLeft((statement) => still.has(statement));
    before = left;
  };
}
