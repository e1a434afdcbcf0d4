import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SluiceError } from '../errors.ts';
import type { ResultChunk } from '../warehouse/index.ts';
import { chunksOrGiveUp, orGiveUp } from './give-up.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new Promise<never>(() => {});
const revoked = new SluiceError('identity_revoked', 'out');
const aborted = () => new DOMException('aborted', 'AbortError');
/** An abort that has come already, or that comes when it is told to. */
const stopped = (reason: unknown = revoked) => AbortSignal.abort(reason);

describe('what a warehouse answers', () => {
  it('is passed on, and so is what it fails by', async () => {
    const { signal } = new AbortController();
    expect(await orGiveUp(Promise.resolve(5), signal)).toBe(5);
    await expect(orGiveUp(Promise.reject(new Error('down')), signal)).rejects.toThrow('down');
  });

  it('is waited for a while after an abort, and no longer', async () => {
    const { abort, signal } = controller();
    const ended = outcomeOf(orGiveUp(never, signal, 100));
    await vi.advanceTimersByTimeAsync(1_000_000);
    abort(revoked);
    await vi.advanceTimersByTimeAsync(99);
    expect(ended.how).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(ended.how).toBe(revoked);
  });

  it('is waited for as long when the abort came before', async () => {
    const ended = outcomeOf(orGiveUp(never, stopped(), 100));
    await vi.advanceTimersByTimeAsync(99);
    expect(ended.how).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(ended.how).toBe(revoked);
  });

  it('counts when it comes within that while', async () => {
    const late = new Promise((resolve) => void setTimeout(() => resolve('late'), 50));
    const ended = outcomeOf(orGiveUp(late, stopped(), 100));
    await vi.advanceTimersByTimeAsync(50);
    expect(ended.how).toBe('late');
  });

  it('leaves no timer and no listener behind', async () => {
    const { abort, signal } = controller();
    await orGiveUp(Promise.resolve(5), signal);
    abort(revoked);
    expect(vi.getTimerCount()).toBe(0);
    await orGiveUp(Promise.resolve(5), stopped());
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('what ended it', () => {
  const cancelled = new SluiceError('statement_cancelled', 'the warehouse cancelled it');
  const failed = new SluiceError('statement_failed', 'division by zero');
  const error = aborted();
  it.each([
    ['is what it was aborted for, when the warehouse says that it was aborted', error, stopped(), revoked],
    [
      'is what it was aborted for, when the warehouse says that it was cancelled',
      cancelled,
      stopped(),
      revoked,
    ],
    ['is what the warehouse failed by, when that is something else', failed, stopped(), failed],
    ['is what the warehouse says, when it was not aborted', error, new AbortController().signal, error],
    [
      'is what the warehouse says, when the abort has no reason of ours',
      cancelled,
      stopped('gone'),
      cancelled,
    ],
  ])('%s', async (_, thrown, signal, reason) => {
    await expect(orGiveUp(Promise.reject(thrown), signal)).rejects.toBe(reason);
  });
});

describe('the chunks of a result', () => {
  const chunk = (rowCount: number, open = async () => new Uint8Array()): ResultChunk => ({ rowCount, open });
  async function* three(onEnd: () => void) {
    try {
      yield* [chunk(1), chunk(2), chunk(3)];
    } finally {
      onEnd();
    }
  }
  const readAll = async (chunks: AsyncIterable<ResultChunk>) => {
    const read: number[] = [];
    for await (const { rowCount, open } of chunks) {
      await open();
      read.push(rowCount);
    }
    return read;
  };

  it('are passed on, in order', async () => {
    const ends: string[] = [];
    const { signal } = new AbortController();
    expect(
      await readAll(
        chunksOrGiveUp(
          three(() => ends.push('end')),
          signal,
        ),
      ),
    ).toEqual([1, 2, 3]);
    expect(ends).toEqual(['end']);
  });

  it('are let go of when the reader stops', async () => {
    const ends: string[] = [];
    for await (const { rowCount } of chunksOrGiveUp(
      three(() => ends.push('end')),
      new AbortController().signal,
    ))
      if (rowCount === 2) break;
    await vi.advanceTimersByTimeAsync(0);
    expect(ends).toEqual(['end']);
  });

  it('are given up on when the warehouse hangs, which is told to let go of them and not waited for', async () => {
    const told: string[] = [];
    const hanging: AsyncIterable<ResultChunk> = {
      [Symbol.asyncIterator]: () => ({
        next: () => never,
        async return() {
          told.push('return');
          return await never;
        },
      }),
    };
    const ended = outcomeOf(readAll(chunksOrGiveUp(hanging, stopped())));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(ended.how).toBe(revoked);
    expect(told).toEqual(['return']);
  });

  it('are given up on when one of them hangs as it is opened', async () => {
    async function* hanging() {
      yield chunk(1, () => never);
    }
    const ended = outcomeOf(readAll(chunksOrGiveUp(hanging(), stopped())));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(ended.how).toBe(revoked);
  });

  it.each([true, false])('may have nothing to let go of: the reader stops: %s', async (stops) => {
    let left = 2;
    const next = async () =>
      left-- > 0 ? { value: chunk(left) } : { value: undefined, done: true as const };
    const bare: AsyncIterable<ResultChunk> = { [Symbol.asyncIterator]: () => ({ next }) };
    const read: number[] = [];
    for await (const { rowCount } of chunksOrGiveUp(bare, new AbortController().signal)) {
      read.push(rowCount);
      if (stops) break;
    }
    expect(read).toEqual(stops ? [1] : [1, 0]);
  });

  it('are let go of once: not again when they have ended', async () => {
    const ended: string[] = [];
    const next = async () => ({ value: undefined, done: true as const });
    const done: AsyncIterable<ResultChunk> = {
      [Symbol.asyncIterator]: () => ({
        next,
        async return() {
          ended.push('return');
          return await next();
        },
      }),
    };
    await readAll(chunksOrGiveUp(done, new AbortController().signal));
    expect(ended).toEqual([]);
  });

  it('end with what they fail by', async () => {
    async function* failing() {
      yield chunk(1);
      throw new Error('broken');
    }
    await expect(readAll(chunksOrGiveUp(failing(), new AbortController().signal))).rejects.toThrow('broken');
  });
});

function controller() {
  const own = new AbortController();
  return { signal: own.signal, abort: (reason: unknown) => own.abort(reason) };
}

/** What became of it so far. */
function outcomeOf(work: Promise<unknown>): { how?: unknown } {
  const outcome: { how?: unknown } = {};
  work.then(
    (value) => (outcome.how = value),
    (error: unknown) => (outcome.how = error),
  );
  return outcome;
}
