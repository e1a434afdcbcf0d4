import { expect, it } from 'vitest';
import { inOrder } from './in-order.ts';

async function* numbers(last: number, onPulled: (number: number) => void = () => {}) {
  for (let number = 1; number <= last; number += 1) {
    onPulled(number);
    yield number;
  }
}

/** Each is done when it is told to be. */
function byHand() {
  const open = new Map<number, { resolve: (made: string) => void; reject: (error: Error) => void }>();
  const make = (number: number) =>
    new Promise<string>((resolve, reject) => open.set(number, { resolve, reject }));
  return { open, make };
}

it('makes several at once, and passes them on in order', async () => {
  const { open, make } = byHand();
  const pulled: number[] = [];
  const made = inOrder(
    numbers(5, (number) => pulled.push(number)),
    3,
    make,
  );
  const first = made.next();
  await expect.poll(() => open.size).toBe(3);
  open.get(2)!.resolve('two');
  open.get(1)!.resolve('one');
  expect(await first).toEqual({ done: false, value: 'one' });
  expect(pulled).toEqual([1, 2, 3]);
  expect(await made.next()).toEqual({ done: false, value: 'two' });
  expect(pulled).toEqual([1, 2, 3, 4]);
  await made.return(undefined);
});

it('passes on what came before it broke off, and then why', async () => {
  async function* broken() {
    yield* numbers(2);
    throw new Error('down');
  }
  const seen: number[] = [];
  await expect(
    (async () => {
      for await (const number of inOrder(broken(), 4, async (number) => number)) seen.push(number);
    })(),
  ).rejects.toThrow('down');
  expect(seen).toEqual([1, 2]);
});

it('ends with the first that cannot be made, and lets the others be', async () => {
  let ended = false;
  async function* items() {
    try {
      yield* numbers(9);
    } finally {
      ended = true;
    }
  }
  const made = inOrder(items(), 3, async (number) => {
    throw new Error(`no ${number}`);
  });
  await expect(made.next()).rejects.toThrow('no 1');
  expect(ended).toBe(true);
});

/** Without what most generators have: a way to be told that nobody reads on. */
function bare(last: number): AsyncIterable<number> {
  const all = numbers(last);
  return { [Symbol.asyncIterator]: () => ({ next: () => all.next() }) };
}

it('reads also what cannot be told that nobody reads on', async () => {
  const made = inOrder(bare(9), 2, async (number) => number);
  expect(await made.next()).toEqual({ done: false, value: 1 });
  expect(await made.return(undefined)).toEqual({ done: true, value: undefined });
});

it('asks for nothing more, and ends nothing again, once there is no more', async () => {
  const asked: string[] = [];
  const items: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({
      async next() {
        asked.push('next');
        return asked.length === 1 ? { value: 1 } : { value: undefined, done: true };
      },
      async return() {
        asked.push('return');
        return { value: undefined, done: true };
      },
    }),
  };
  const seen: number[] = [];
  for await (const number of inOrder(items, 3, async (one) => one)) seen.push(number);
  expect([seen, asked]).toEqual([[1], ['next', 'next']]);
});
