import { expect, it } from 'vitest';
import { runApp, type RunParts } from './run.ts';
import { standIn } from './testing/electron-stand-in.ts';

const NEVER: Pick<RunParts, 'account' | 'files' | 'openRooms' | 'updates' | 'now' | 'after' | 'platform'> = {
  account: 'grace',
  platform: 'linux',
  now: () => new Date(),
  after: () => () => {},
  files: () => {
    throw new Error('a second start reads nothing');
  },
  updates: () => {
    throw new Error('a second start looks for nothing');
  },
  openRooms: async () => {
    throw new Error('a second start opens nothing');
  },
};

it('runs once on a computer', async () => {
  const stand = standIn({ userData: '/nowhere', isFirst: false });
  expect(await runApp({ ...NEVER, electron: stand.electron, argv: ['sluice'] })).toBeNull();
  expect(stand.said.quits).toBe(1);
});

it('says before anything else that pages are in a sandbox, and what their scheme may', async () => {
  const stand = standIn({ userData: '/nowhere' });
  const { app } = stand.electron;
  const order: string[] = [];
  const electron = {
    ...stand.electron,
    app: {
      ...app,
      async whenReady() {
        order.push(`ready; sandbox ${stand.said.isSandboxed}; schemes ${stand.said.schemes.length}`);
      },
    },
  };
  await runApp({ ...NEVER, electron, argv: ['sluice'] }).catch(() => {});
  expect(order).toEqual(['ready; sandbox true; schemes 1']);
  // Neither past the pages' policy, nor for other origins, nor with workers that outlast a page.
  expect(stand.said.schemes).toEqual([
    {
      scheme: 'sluice-app',
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
  ]);
});
