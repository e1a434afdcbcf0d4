import { once } from 'node:events';

/** Whatever asks a program at a terminal to end: Ctrl-C, `kill`, a terminal that is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A signal sent to a whole group of processes, and passed on by those above, comes more than once. Milliseconds. */
const SAME = 1_000;

export interface Stopping {
  /** Aborts with the first signal. */
  readonly signal: AbortSignal;
  done(): void;
}

/**
 * From now on, signals end the program in its own way. One more, somewhat later, is for the impatient: `atOnce` is called, and
 * the process exits.
 *
 * @param now - milliseconds
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
