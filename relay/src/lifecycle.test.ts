import { expect, it, onTestFinished, vi } from 'vitest';
import { type LifecycleOptions, type PartFailure, type StartPart, startInOrder } from './lifecycle.ts';

it('closes in the reverse order, once', async () => {
  const { told, start } = relay();
  const lifecycle = await start(async (part) => {
    for (const name of ['store', 'gate', 'server']) await part(name, () => name, closing(told));
    return 'started';
  });
  expect(lifecycle.started).toBe('started');
  expect(told).toEqual([]);
  await Promise.all([lifecycle.close(), lifecycle.close()]);
  expect(told).toEqual(['close server', 'close gate', 'close store']);
});

it.each([
  ['rejects', () => Promise.reject(new Error('no room'))],
  ['throws', () => raise('no room')],
] satisfies [string, () => unknown][])(
  'closes what had started when a part %s, and nothing is started after it',
  async (_, make) => {
    const { told, start } = relay();
    const starting = start(async (part) => {
      await part('store', () => 'store', closing(told));
      await part('gate', () => 'gate', closing(told));
      await part('server', make);
      await part('late', () => told.push('late'));
    });
    await expect(starting).rejects.toThrow('no room');
    expect(told).toEqual(['close gate', 'close store']);
  },
);

it('says why it could not start, and what could not be closed then', async () => {
  const { failures, start, told } = relay();
  const starting = start(async (part) => {
    await part('store', () => 'store', closing(told));
    await part(
      'gate',
      () => 'gate',
      () => ({ close: () => raise('stays open') }),
    );
    raise('no port');
  });
  await expect(starting).rejects.toThrow('no port');
  expect(failures).toMatchObject([{ part: 'gate', doing: 'close', error: { message: 'stays open' } }]);
  expect(told).toEqual(['close store']);
});

it.each([
  ['throws', () => raise('stays open'), 'stays open'],
  ['rejects', () => Promise.reject(new Error('stays open')), 'stays open'],
  ['does not end', () => new Promise(() => {}), 'it does not end'],
])('goes on when the close of a part %s, and says so', async (_, close, message) => {
  const { failures, told, start } = relay({ closeMs: 1 });
  const lifecycle = await start(async (part) => {
    await part('store', () => 'store', closing(told));
    await part(
      'gate',
      () => 'gate',
      () => ({ close }),
    );
    await part('server', () => 'server', closing(told));
  });
  await expect(lifecycle.close()).rejects.toThrow('not everything could be closed: gate');
  expect(told).toEqual(['close server', 'close store']);
  expect(failures).toMatchObject([{ part: 'gate', doing: 'close', error: { message } }]);
});

it('goes no further once it is asked to stop', async () => {
  const { told, start } = relay({ signal: AbortSignal.abort(new Error('asked to stop')) });
  await expect(start((part) => part('store', () => told.push('store')))).rejects.toThrow('asked to stop');
  expect(told).toEqual([]);

  const stop = new AbortController();
  const other = relay({ signal: stop.signal });
  const starting = other.start(async (part) => {
    await part('store', () => 'store', closing(other.told));
    stop.abort(new Error('asked to stop'));
  });
  await expect(starting).rejects.toThrow('asked to stop');
  expect(other.told).toEqual(['close store']);
});

it('ticks only when all have started, and no more when they are closed', async () => {
  const seconds = fakeSeconds();
  const { told, start } = relay();
  const lifecycle = await start(async (part) => {
    await part(
      'gate',
      () => 'gate',
      () => ({ tick: () => told.push('tick') }),
    );
    await seconds(3);
    expect(told).toEqual([]);
  });
  await seconds(2);
  expect(told).toEqual(['tick', 'tick']);
  await lifecycle.close();
  await seconds(2);
  expect(told).toHaveLength(2);
});

it('a tick that throws, one that rejects and one that hangs disturb no other', async () => {
  const seconds = fakeSeconds();
  const { failures, told, start } = relay();
  const lifecycle = await start(async (part) => {
    const ticks: Record<string, () => unknown> = {
      throws: () => raise('thrown'),
      rejects: () => Promise.reject(new Error('rejected')),
      hangs: () => new Promise(() => {}),
      works: () => told.push('tick'),
    };
    for (const [name, tick] of Object.entries(ticks))
      await part(
        name,
        () => name,
        () => ({ tick }),
      );
  });
  await seconds(3);
  expect(told).toEqual(['tick', 'tick', 'tick']);
  // Each is tried again: one failure is not the end of it.
  expect(failures.map(({ part }) => part)).toEqual([
    'throws',
    'rejects',
    'throws',
    'rejects',
    'throws',
    'rejects',
  ]);
  void lifecycle.close().catch(() => {});
  await seconds(10);
});

it('a tick never runs twice at once, also after others and it itself have failed', async () => {
  const seconds = fakeSeconds();
  const { start } = relay();
  let running = 0;
  let most = 0;
  let runs = 0;
  const slow = async () => {
    runs += 1;
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    running -= 1;
    if (runs % 2 === 1) throw new Error('failed in the end');
  };
  const lifecycle = await start(async (part) => {
    await part(
      'slow',
      () => 'slow',
      () => ({ tick: slow }),
    );
    await part(
      'failing',
      () => 'failing',
      () => ({ tick: () => Promise.reject(new Error('at once')) }),
    );
  });
  await seconds(12);
  expect({ most, runs }).toEqual({ most: 1, runs: 4 });
  const closing = lifecycle.close();
  await seconds(3);
  await closing;
});

it('says once that a tick does not end', async () => {
  const seconds = fakeSeconds();
  const { failures, start } = relay({ stuckMs: 5_000 });
  await start(async (part) => {
    await part(
      'approvals',
      () => 'approvals',
      () => ({ tick: () => new Promise(() => {}) }),
    );
  });
  await seconds(5);
  expect(failures).toEqual([]);
  await seconds(20);
  expect(failures).toMatchObject([
    { part: 'approvals', doing: 'tick', error: { name: 'TimeoutError', message: 'its tick does not end' } },
  ]);
});

it('waits for a tick under way before what it stands on is closed', async () => {
  const seconds = fakeSeconds();
  const { told, start } = relay();
  let endTick = () => {};
  const lifecycle = await start(async (part) => {
    await part('store', () => 'store', closing(told));
    await part(
      'approvals',
      () => 'approvals',
      () => ({ tick: () => new Promise<void>((resolve) => (endTick = resolve)) }),
    );
  });
  await seconds(1);
  const closed = lifecycle.close();
  await seconds(0);
  expect(told).toEqual([]);
  endTick();
  await closed;
  expect(told).toEqual(['close store']);
});

function relay(options: Partial<LifecycleOptions> = {}) {
  const told: string[] = [];
  const failures: PartFailure[] = [];
  const start = <Started>(startAll: (part: StartPart) => Promise<Started>) =>
    startInOrder({ onFailed: (failure) => failures.push(failure), ...options }, startAll);
  return { told, failures, start };
}

function closing(told: string[]) {
  return (name: string) => ({ close: async () => void told.push(`close ${name}`) });
}

function raise(message: string): never {
  throw new Error(message);
}

/** Answers what lets time pass. */
function fakeSeconds(): (seconds: number) => Promise<unknown> {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  return (seconds) => vi.advanceTimersByTimeAsync(seconds * 1_000);
}
