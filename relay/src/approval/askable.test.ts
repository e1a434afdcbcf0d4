import { describe, expect, it } from 'vitest';
import { checkAskable } from './askable.ts';
import { accessRequest, ada, askTerms, NINE } from './testing.ts';

const DAY = 86_400_000;
const at = (ms: number) => new Date(ms).toISOString();

type Asked = Parameters<typeof accessRequest>;
const asking = (ask: Asked[1] = {}, terms: Asked[2] = {}, change: Asked[3] = {}) => {
  const request = accessRequest(ada, { accessUpToSeconds: 3_600, grantRows: 10, ...ask }, terms, change);
  return () => checkAskable(request, NINE);
};
const refusal = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

describe('what may be asked for ahead', () => {
  it('is as much as the policy lets people ask for, and no more', () => {
    expect(asking({}, { seconds: 3_600, rows: 10, rowsInAll: 10 })).not.toThrow();
    expect(asking({}, { seconds: 3_601 })).toThrow(
      refusal('access_not_for_asking', 'more than 3600 seconds'),
    );
    expect(asking({}, { rows: 11, rowsInAll: 11 })).toThrow(
      refusal('access_not_for_asking', 'more than 10 rows'),
    );
    expect(asking({}, { rows: 1, rowsInAll: 11 })).toThrow(
      refusal('access_not_for_asking', 'more than 10 rows'),
    );
  });

  it('is no fewer rows in all than each statement may hit', () => {
    expect(asking({}, { rows: 4, rowsInAll: 4 })).not.toThrow();
    expect(asking({}, { rows: 4, rowsInAll: 3 })).toThrow(refusal('request_malformed', 'rows in all'));
  });

  it.each([0, undefined])('is nothing where the policy lets nobody ask (%s)', (accessUpToSeconds) => {
    const { decision } = accessRequest(ada, { accessUpToSeconds: 0 });
    const { ask } = decision;
    const own = accessUpToSeconds === undefined ? { ...ask, ...askTerms() } : ask;
    if (accessUpToSeconds === undefined) Reflect.deleteProperty(own, 'accessUpToSeconds');
    expect(asking({}, {}, { decision: { ...decision, ask: own } })).toThrow(
      refusal('access_not_for_asking', 'ask ahead for what rule deletes'),
    );
  });

  it('is nothing that cannot be told from other statements', () => {
    const sql = 'DELETE FROM orders WHERE';
    expect(asking({}, {}, { sql })).toThrow(refusal('access_not_for_asking', 'told from others'));
  });
});

describe('when it begins', () => {
  it.each([
    ['at once', null],
    ['while some of it is left', at(NINE - 999)],
    ['in a week', at(NINE + 7 * DAY)],
  ])('may be %s', (_, from) => {
    expect(asking({}, { from, seconds: 1 })).not.toThrow();
  });

  it.each([
    ['so long ago that it would be over', at(NINE - 1_000), 'request_malformed', 'over by now'],
    ['at no time', 'tomorrow', 'request_malformed', 'over by now'],
    ['later than anybody can know', at(NINE + 7 * DAY + 1), 'access_not_for_asking', 'more than 7 days'],
  ])('may not be %s', (_, from, code, message) => {
    expect(asking({}, { from, seconds: 1 })).toThrow(refusal(code, message));
  });
});
