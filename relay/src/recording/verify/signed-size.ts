import type { KeyObject } from 'node:crypto';
import type { EventBody } from '@sluice/contract';
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import { believe, type Trust, trustIn, vouchesFor } from './trust.ts';

/** A `signing_key` event of the relay session. From its position on, this key signs the log. */
export interface KeyEvent {
  readonly position: number;
  readonly body: Extract<EventBody, { type: 'signing_key' }>;
}

export interface SignedSize {
  /** How many events from the start of the log trusted checkpoints cover. */
  readonly size: number;
  /** The checkpoints that no trusted key may have signed. */
  readonly untrusted: readonly Checkpoint[];
}

/**
 * How much of the log these checkpoints cover by trusted keys. The log is divided into eras: each `signing_key` event
 * starts one, in which its key signs. An era is trusted when its key was given, when the trusted era before it handed
 * over, or when a checkpoint of a trusted era covers its beginning. A key that was trusted in an earlier era is not
 * enough: a retired key that was stolen must not become valid again.
 *
 * @param keyEvents ordered by position.
 */
export function signedSize(
  checkpoints: readonly Checkpoint[],
  keyEvents: readonly KeyEvent[],
  keys: readonly KeyObject[],
): SignedSize {
  const given = trustIn(keys);
  const eras = keyEvents.map((event) => {
    const trust: Trust = new Map();
    return { ...event, trust, isBelieved: given.has(event.body.key) && believe(trust, event.body) };
  });
  /** The eras whose key may sign a checkpoint of this size: the last to begin, and at its start also the one before. */
  const signersOf = (size: number) => {
    const current = eras.findLastIndex(({ position }) => position < size);
    const isHandOver = size === (eras[current]?.position ?? 0) + 1;
    return [eras[current], isHandOver ? eras[current - 1] : undefined];
  };
  const isVouchedFor = (signed: Checkpoint) =>
    signersOf(signed.size).some((era) => era?.isBelieved === true && vouchesFor(era.trust, signed));

  let size = 0;
  let untrusted = checkpoints;
  for (let before = -1; before !== size;) {
    before = size;
    // What is vouched for stays so, and checking a signature is slow.
    untrusted = untrusted.filter((signed) => {
      const isTrusted = isVouchedFor(signed);
      if (isTrusted) size = Math.max(size, signed.size);
      return !isTrusted;
    });
    for (const era of eras) {
      if (era.position < size && !era.isBelieved) era.isBelieved = believe(era.trust, era.body);
    }
  }
  return { size, untrusted };
}
