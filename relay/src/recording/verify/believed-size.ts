import type { KeyObject } from 'node:crypto';
import type { EventBody } from '@sluice/contract';
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import type { Problem } from './report.ts';
import { believe, type Trust, trustIn, vouchesFor } from './trust.ts';

/** A `signing_key` event of the relay session: from its position on, the log is signed by this key. */
export interface KeyEvent {
  readonly position: number;
  readonly body: Extract<EventBody, { type: 'signing_key' }>;
}

/**
 * How many events are vouched for. The log is in eras: from one `signing_key` event to the next, its key signs.
 * An era is believed when its key was given, when the believed era before it handed over, or when a believed
 * era covers its beginning. To have been believed in an earlier era is not enough: a key that was retired, and stolen since,
 * cannot come back by itself.
 *
 * @param standing the checkpoints whose root is the log's.
 * @param keyEvents by position.
 * @param problems told of each checkpoint that nobody trusted may have signed.
 */
export function believedSize(
  standing: readonly Checkpoint[],
  keyEvents: readonly KeyEvent[],
  keys: readonly KeyObject[],
  problems: Problem[],
): number {
  const given = trustIn(keys);
  const eras = keyEvents.map((event) => {
    const trust: Trust = new Map();
    return { ...event, trust, isBelieved: given.has(event.body.key) && believe(trust, event.body) };
  });
  /** The eras whose key may sign so many events: the last to begin, and at its beginning the one before it. */
  const signersOf = (size: number) => {
    const [current, former] = eras.filter(({ position }) => position < size).toReversed();
    return [current, size === (current?.position ?? 0) + 1 ? former : undefined];
  };
  const isVouchedFor = (signed: Checkpoint) =>
    signersOf(signed.size).some((era) => era?.isBelieved === true && vouchesFor(era.trust, signed));

  let covered = 0;
  for (let before = -1; before !== covered;) {
    before = covered;
    for (const signed of standing) if (isVouchedFor(signed)) covered = Math.max(covered, signed.size);
    for (const era of eras) {
      if (era.position < covered && !era.isBelieved) era.isBelieved = believe(era.trust, era.body);
    }
  }
  for (const signed of standing) {
    if (isVouchedFor(signed)) continue;
    const why = `the checkpoint of size ${signed.size} is not signed by a key that is trusted to sign it`;
    problems.push({ what: 'forged', session: null, seq: null, why });
  }
  return covered;
}
