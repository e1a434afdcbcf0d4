import { type Explanation, RelayError } from '@sluice/contract';
import { expect, it } from 'vitest';
import { createExplainer } from './explainer.ts';

const question = (sql: string) => ({ sql, within: {} });

function world() {
  const asked: {
    readonly sql: string;
    readonly schema?: string | undefined;
    readonly signal: AbortSignal | undefined;
  }[] = [];
  const clock = { now: 0 };
  let answer: (sql: string) => Promise<Explanation> = async (sql) => ({ sql }) as unknown as Explanation;
  const explainer = createExplainer({
    now: () => clock.now,
    explain: async ({ body: { sql, schema } }, { signal } = {}) => {
      asked.push({ sql, schema, signal });
      return await answer(sql);
    },
  });
  return { asked, clock, explainer, answerBy: (by: typeof answer) => (answer = by) };
}

it('asks once for each text and place, one at a time', async () => {
  const { asked, explainer, answerBy } = world();
  let under = 0;
  let most = 0;
  answerBy(async (sql) => {
    most = Math.max(most, (under += 1));
    await Promise.resolve();
    under -= 1;
    return { sql } as unknown as Explanation;
  });
  const questions = [question('a'), question('b'), question('a'), { sql: 'a', within: { schema: 'S' } }];
  let told = 0;
  expect(await explainer.ask('t', questions, () => (told += 1))).toEqual({ state: 'done' });
  expect(asked.map(({ sql, schema }) => [sql, schema])).toEqual([
    ['a', undefined],
    ['b', undefined],
    ['a', 'S'],
  ]);
  expect([most, told]).toEqual([1, 4]);
  await explainer.ask('t', questions, () => {});
  expect(asked).toHaveLength(3);
  expect(explainer.known(question('b'))).toEqual({ sql: 'b' });
});

it('keeps what is said of 500 texts, and of the newest ones', async () => {
  const { explainer } = world();
  const questions = Array.from({ length: 501 }, (_, index) => question(`select ${index}`));
  await explainer.ask('t', questions, () => {});
  expect(explainer.known(questions[0]!)).toBeUndefined();
  expect(questions.slice(1).filter((one) => explainer.known(one) === undefined)).toEqual([]);
});

it('asks again after a while, and when it was told to forget', async () => {
  const { asked, clock, explainer } = world();
  await explainer.ask('t', [question('a')], () => {});
  clock.now = 5 * 60_000 + 1;
  expect(explainer.known(question('a'))).toBeUndefined();
  await explainer.ask('t', [question('a')], () => {});
  explainer.forget();
  await explainer.ask('t', [question('a')], () => {});
  expect(asked).toHaveLength(3);
});

it('gives up what is under way when the text has changed', async () => {
  const { asked, explainer, answerBy } = world();
  answerBy(
    (sql) =>
      new Promise((resolve, reject) => {
        const { signal } = asked.at(-1)!;
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
        if (sql === 'new') resolve({ sql } as unknown as Explanation);
      }),
  );
  const before = explainer.ask('t', [question('old'), question('older')], () => {});
  await expect.poll(() => asked.length).toBe(1);
  expect(await explainer.ask('t', [question('new')], () => {})).toEqual({ state: 'done' });
  expect(await before).toEqual({ state: 'given_up' });
  expect(asked.map(({ sql }) => sql)).toEqual(['old', 'new']);
});

it('asks on behalf of several texts that are open, one question at a time, and stops for one alone', async () => {
  const { asked, explainer, answerBy } = world();
  const answers: (() => void)[] = [];
  answerBy(
    (sql) =>
      new Promise((resolve, reject) => {
        const { signal } = asked.at(-1)!;
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
        answers.push(() => resolve({ sql } as unknown as Explanation));
      }),
  );
  const first = explainer.ask('one', [question('a'), question('b')], () => {});
  const second = explainer.ask('two', [question('c')], () => {});
  const next = async (sql: string) => {
    await expect.poll(() => asked.at(-1)?.sql).toBe(sql);
    answers.at(-1)!();
  };
  await next('a');
  await next('c');
  expect(await second).toEqual({ state: 'done' });
  await expect.poll(() => asked.at(-1)?.sql).toBe('b');
  explainer.stop('two');
  await next('b');
  expect(await first).toEqual({ state: 'done' });
  const third = explainer.ask('one', [question('d')], () => {});
  explainer.stop('one');
  expect(await third).toEqual({ state: 'given_up' });
});

it('leaves a relay alone that is not there, and one that has had enough for as long as it says', async () => {
  const { asked, clock, explainer, answerBy } = world();
  answerBy(() => Promise.reject(new RelayError('relay_unreachable', 'no answer')));
  expect(await explainer.ask('t', [question('a')], () => {})).toMatchObject({
    state: 'silent',
    code: 'relay_unreachable',
  });
  expect(await explainer.ask('t', [question('b')], () => {})).toMatchObject({
    state: 'silent',
    code: 'relay_unreachable',
  });
  expect(asked).toHaveLength(1);
  clock.now += 15_000;
  answerBy(() => Promise.reject(new RelayError('rate_limited', 'slower', { retryAfterSeconds: 60 })));
  expect(await explainer.ask('t', [question('a')], () => {})).toMatchObject({
    state: 'silent',
    retryAfterMs: 60_000,
  });
});

it('does not ask again for a text that the relay has nothing to say of', async () => {
  const { asked, explainer, answerBy } = world();
  answerBy(() => Promise.reject(new RelayError('statement_count', 'two')));
  expect(await explainer.ask('t', [question('a;b')], () => {})).toEqual({ state: 'done' });
  await explainer.ask('t', [question('a;b')], () => {});
  expect([asked.length, explainer.known(question('a;b'))]).toEqual([1, null]);
});
