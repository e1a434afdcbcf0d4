import { unavailable } from './failures/unavailable.ts';
import type { ClientLimits } from './limits.ts';

/** Whether the account is asked at all: after many failures in a row it is left alone, and then tried with one request. */
export interface Breaker {
  /** Resolves when a request may go; rejects with `warehouse_unavailable` while the account is left alone. */
  enter(): Promise<void>;
  /** The account has answered, whatever. */
  succeeded(): void;
  failed(): void;
  readonly isOpen: boolean;
}

export interface BreakerOptions {
  readonly limits: Pick<ClientLimits, 'failuresInRow' | 'aloneMs'>;
  /** Asks the account for anything at all. Whether it answered. */
  readonly probe: () => Promise<boolean>;
  /** Milliseconds that only go forward. */
  readonly elapsed: () => number;
  /** Told once when the account is left alone, and once when it is back. */
  readonly onChange?: (state: 'left_alone' | 'back') => void;
}

export function createBreaker({ limits, probe, elapsed, onChange }: BreakerOptions): Breaker {
  let inRow = 0;
  /** Since when, and for how long it is left alone; null while it is asked. */
  let alone: { readonly until: number; readonly ms: number } | null = null;
  let probing: Promise<boolean> | null = null;

  const leaveAlone = (ms: number) => {
    if (alone === null) onChange?.('left_alone');
    alone = { until: elapsed() + ms, ms };
  };
  const back = () => {
    inRow = 0;
    if (alone === null) return;
    alone = null;
    onChange?.('back');
  };
  const tried = async () => {
    const answers = await probe().catch(() => false);
    if (answers) back();
    else if (alone !== null) leaveAlone(Math.min(alone.ms * 2, limits.aloneMs.longest));
    return answers;
  };
  const refusal = () => {
    const seconds = Math.max(1, Math.ceil(((alone?.until ?? 0) - elapsed()) / 1_000));
    return unavailable(
      'the warehouse has failed several times in a row, and is left alone for a moment',
      seconds,
    );
  };

  return {
    get isOpen() {
      return alone !== null;
    },
    async enter() {
      if (alone === null) return;
      if (elapsed() < alone.until) throw refusal();
      probing ??= tried().finally(() => {
        probing = null;
      });
      if (!(await probing)) throw refusal();
    },
    succeeded: back,
    failed() {
      inRow += 1;
      if (alone === null && inRow >= limits.failuresInRow) leaveAlone(limits.aloneMs.first);
    },
  };
}
