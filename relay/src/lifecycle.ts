/**
 * Starts parts one after the other, each with what was started before it, and repeats their work from when all have
 * started. When one cannot start, those before it are closed, the last one first, and the error is thrown.
 *
 * @param startAll starts every part by the function that it is given.
 */
export async function startInOrder<Started>(
  options: LifecycleOptions,
  startAll: (start: StartPart) => Promise<Started>,
): Promise<Lifecycle<Started>> {
  const parts: Part[] = [];
  const tickers: Ticker[] = [];
  let closing: Promise<void> | null = null;
  const close = () => (closing ??= closeInReverse(parts, tickers, options));

  const start: StartPart = async (name, make, running) => {
    options.signal?.throwIfAborted();
    const made = await make();
    parts.push({ name, ...running?.(made) });
    return made;
  };
  try {
    const started = await startAll(start);
    options.signal?.throwIfAborted();
    for (const part of parts)
      if (part.tick !== undefined) tickers.push(startTicker(part, part.tick, options));
    return { started, close };
  } catch (error) {
    // What could not be closed has been told of; what is wrong is why it was to be closed.
    await close().catch(() => {});
    throw error;
  }
}

export interface Lifecycle<Started> {
  readonly started: Started;
  /**
   * Closes the parts, the last one first, whatever becomes of each: once, however often it is called. Rejects at the
   * end with an `AggregateError` when some could not be closed.
   */
  close(): Promise<void>;
}

/**
 * Starts one part.
 *
 * @param running what the part does from then on: nothing by default.
 */
export type StartPart = <Made>(
  name: string,
  make: () => Made | Promise<Made>,
  running?: (made: Made) => Running,
) => Promise<Made>;

export interface Running {
  /** Work that is due about once a second: never twice at once, and whatever becomes of other parts' work. */
  readonly tick?: () => unknown;
  /** Ends what would go on by itself. What the part was started with is still there. */
  readonly close?: () => unknown;
}

export interface LifecycleOptions {
  /** Told of what nobody waits for, and of every part that could not be closed. */
  readonly onFailed: (failure: PartFailure) => void;
  /** Ends a start that is under way, before the next part of it. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds between two ticks. */
  readonly tickMs?: number;
  /** Milliseconds for which a tick may go on before it is told of. */
  readonly stuckMs?: number;
  /** Milliseconds that a part has to close; then the next one is closed. */
  readonly closeMs?: number;
}

export interface PartFailure {
  readonly part: string;
  readonly doing: 'tick' | 'close';
  /** Whatever was thrown; a `TimeoutError` when nothing was, for too long. */
  readonly error: unknown;
}

interface Part extends Running {
  readonly name: string;
}

/** A part's repeated work. */
interface Ticker {
  readonly part: Part;
  stop(): void;
  /** Resolves when no tick is under way. */
  idle(): Promise<void>;
}

const DEFAULTS = { tickMs: 1_000, stuckMs: 60_000, closeMs: 10_000 };

function startTicker(part: Part, tick: () => unknown, options: LifecycleOptions): Ticker {
  const { tickMs, stuckMs, onFailed } = { ...DEFAULTS, ...options };
  const tell = (error: unknown) => onFailed({ part: part.name, doing: 'tick', error });
  let running: Promise<void> | null = null;
  let skipped = 0;
  const run = async () => {
    try {
      await tick();
    } catch (error) {
      tell(error);
    }
  };
  const timer = setInterval(() => {
    if (running === null) {
      skipped = 0;
      running = run().finally(() => {
        running = null;
      });
      return;
    }
    skipped += 1;
    if (skipped === Math.ceil(stuckMs / tickMs)) tell(timeout('its tick does not end'));
  }, tickMs);
  return {
    part,
    stop: () => clearInterval(timer),
    async idle() {
      await running;
    },
  };
}

async function closeInReverse(
  parts: readonly Part[],
  tickers: readonly Ticker[],
  options: LifecycleOptions,
): Promise<void> {
  const { closeMs, onFailed } = { ...DEFAULTS, ...options };
  for (const ticker of tickers) ticker.stop();
  const failures: PartFailure[] = [];
  for (const part of parts.toReversed()) {
    const ticker = tickers.find((ticker) => ticker.part === part);
    try {
      await within(closeMs, Promise.all([closed(part), ticker?.idle()]));
    } catch (error) {
      const failure = { part: part.name, doing: 'close', error } as const;
      failures.push(failure);
      onFailed(failure);
    }
  }
  if (failures.length === 0) return;
  const names = failures.map(({ part }) => part).join(', ');
  throw new AggregateError(
    failures.map(({ error }) => error),
    `not everything could be closed: ${names}`,
  );
}

async function closed(part: Part): Promise<void> {
  await part.close?.();
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(timeout('it does not end')), ms);
  });
  try {
    await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}

function timeout(message: string): DOMException {
  return new DOMException(message, 'TimeoutError');
}
