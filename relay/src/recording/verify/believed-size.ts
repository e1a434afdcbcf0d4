import type { KeyObject } from 'node:crypto';
import type { EventBody } from '@sluice/contract';
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import type { Problem } from './report.ts';
import { believe, type Trust, trustIn, vouchesFor } from './trust.ts';

/** A `signing_key` event of the relay session. From its position on, this key signs the log. */
export interface KeyEvent {
  readonly position: number;
  readonly body: Extract<EventBody, { type: 'signing_key' }>;
}

/**
 * How many events from the start of the log are covered by trusted checkpoints. The log is divided into eras: each
 * `signing_key` event starts one, in which its key signs. An era is trusted when its key was given, when the trusted
 * era before it handed over, or when a checkpoint of a trusted era covers its beginning. A key that was trusted in an
 * earlier era is not enough: a retired key that was stolen must not become valid again.
 *
 * @param standing the checkpoints whose root matches the log.
 * @param keyEvents ordered by position.
 * @param problems receives one problem for each checkpoint that no trusted key may have signed.
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
  /** The eras whose key may sign a checkpoint of this size: the last to begin, and at its start also the one before. */
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
