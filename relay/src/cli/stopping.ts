import { once } from 'node:events';

/** The signals that ask a program at a terminal to end: Ctrl-C, `kill`, a closed terminal. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Milliseconds. Signals within this time count as one: a signal may be sent to the process group and also be forwarded
 * by the parent process.
 */
const SAME = 1_000;

export interface Stopping {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  done(): void;
}

/**
 * From now on, a signal ends the program gracefully. If another one follows later than `SAME`, `atOnce` is called and
 * the process exits immediately.
 *
 * @param now - the time in milliseconds
 */
export function onStop(atOnce: () => void, now: () => number = Date.now): Stopping {
  const stopping = new AbortController();
  let first: number | null = null;
  const stop = () => {
    first ??= now();
    if (now() - first < SAME) return stopping.abort();
    atOnce();
    process.exit(130);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return {
    signal: stopping.signal,
    done: () => SIGNALS.forEach((signal) => process.off(signal, stop)),
  };
}

export async function stopped({ signal }: Stopping): Promise<void> {
  if (signal.aborted) return;
  await once(signal, 'abort');
}
