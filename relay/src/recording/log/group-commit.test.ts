import fc from 'fast-check';
import { expect, it } from 'vitest';
import { groupCommit } from './group-commit.ts';

it('writes what is submitted together in one commit, in order, and answers each its own', async () => {
  const commits: (readonly number[])[] = [];
  const submit = groupCommit<number, string>(async (writes) => {
    commits.push(writes);
    return writes.map(String);
  });
  expect(await Promise.all([1, 2, 3].map(submit))).toEqual(['1', '2', '3']);
  expect(commits).toEqual([[1, 2, 3]]);
});

it('keeps the order, and nothing lands behind a write of the same moment that failed', async () => {
  const script = fc.array(fc.record({ together: fc.integer({ min: 1, max: 5 }), fails: fc.boolean() }));
  await fc.assert(
    fc.asyncProperty(script, async (steps) => {
      const landed: number[] = [];
      let fails = false;
      const submit = groupCommit<number, number>(async (writes) => {
        await Promise.resolve();
        if (fails) throw new Error('disk full');
        landed.push(...writes);
        return writes;
      });
      let next = 0;
      const acknowledged: number[] = [];
      for (const step of steps) {
        ({ fails } = step);
        const writes = Array.from({ length: step.together }, () => next++);
        const outcomes = await Promise.allSettled(writes.map(submit));
        const expected = writes.map((value) =>
          step.fails
            ? { status: 'rejected', reason: { code: 'record_unavailable' } }
            : { status: 'fulfilled', value },
        );
        expect(outcomes).toMatchObject(expected);
        if (!step.fails) acknowledged.push(...writes);
      }
      expect(landed).toEqual(acknowledged);
      expect(landed).toEqual(landed.toSorted((a, b) => a - b));
    }),
    { numRuns: 50 },
  );
});

it('rejects what was submitted while a commit was failing, and takes what comes after', async () => {
  let finish: (error?: Error) => void = () => {};
  const submit = groupCommit<string, string>(
    (writes) =>
      new Promise((resolve, reject) => {
        finish = (error) => (error === undefined ? resolve(writes) : reject(error));
      }),
  );
  const first = submit('first');
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  const meanwhile = submit('meanwhile');
  finish(new Error('disk full'));
  await expect(first).rejects.toMatchObject({ code: 'record_unavailable' });
  await expect(meanwhile).rejects.toMatchObject({ code: 'record_unavailable' });
  const later = submit('later');
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  finish();
  expect(await later).toBe('later');
});
