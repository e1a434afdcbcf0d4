import { expect, it } from 'vitest';
import type { Change } from '../unit-of-work.ts';
import { openFeed } from './feed.ts';

it('closes once what it was reading has been read, and reads nothing afterwards', async () => {
  const read: string[] = [];
  const page = Promise.withResolvers<readonly Change[]>();
  const changes = {
    newest: async () => ({ number: 0, at: 0 }),
    after: async (number: number) => {
      read.push(`after ${number}`);
      return await page.promise;
    },
  };
  const feed = await openFeed(changes, (error) => {
    throw error;
  });
  void feed.catchUp();
  await expect.poll(() => read).toEqual(['after 0']);
  const closed = feed.close().then(() => read.push('closed'));
  await feed.catchUp();
  expect(read).toEqual(['after 0']);
  page.resolve([]);
  await closed;
  await feed.catchUp();
  expect(read).toEqual(['after 0', 'closed']);
});
