import { describe, expect, it } from 'vitest';
import { fromPage, MOST_ROWS_ASKED, toPage } from './messages.ts';

describe('messages of the results page', () => {
  it.each([
    { type: 'rows', run: 'a', ask: 1, from: 0, limit: MOST_ROWS_ASKED + 1 },
    { type: 'rows', run: 'a', ask: 1, from: -1, limit: 10 },
    { type: 'rows', run: '', ask: 1, from: 0, limit: 10 },
    { type: 'export', run: 'a', as: 'exe' },
    { type: 'open_request', run: 'a', where: 'http://x' },
    { type: 'open_sql', run: 'a', which: 'statement', sql: 'DROP TABLE T' },
    { type: 'again', run: 'a', sql: 'DROP TABLE T' },
    { type: 'run', sql: 'DROP TABLE T' },
    {},
    undefined,
  ])('from the page that are not agreed upon are none: %j', (message) => {
    expect(fromPage.safeParse(message).success).toBe(false);
  });

  it('to the page are checked by the page, too', () => {
    expect(toPage.safeParse({ type: 'rows', ask: 1, from: 0, rows: [['a', null]] }).success).toBe(true);
    expect(toPage.safeParse({ type: 'rows', ask: 1, from: 0, rows: [[1]] }).success).toBe(false);
    expect(toPage.safeParse({ type: 'run', run: null, html: '<b>' }).success).toBe(false);
  });
});
