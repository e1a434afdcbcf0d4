import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import type { DesktopApp } from '../../desktop-approver/src/app.ts';
import { readPageFiles } from '../../desktop-approver/src/pages/page-files.ts';
import { createUpdates, type LookingUpdater } from '../../desktop-approver/src/updates/updates.ts';
import { type Rooms, runApp } from '../../desktop-approver/src/run.ts';
import {
  type StandIn,
  standIn,
  type StandInOptions,
} from '../../desktop-approver/src/testing/electron-stand-in.ts';
import { BUILT } from './support/built-desktop.ts';
import { type DesktopInBrowser, desktopInBrowser } from './desktop-in-browser.ts';

/** The thread of the downloads, as the app's sources have it. */
export const LIBRARY_THREAD = new URL(
  '../../desktop-approver/src/replays/library-thread.ts',
  import.meta.url,
);

export interface StartedDesktop {
  readonly app: DesktopApp;
  readonly stand: StandIn;
  readonly shown: DesktopInBrowser;
  /** What waits for its time. Each is called when a test says that it has come. */
  readonly timers: Set<() => void>;
  close(): Promise<void>;
}

export interface StartOptions extends Omit<StandInOptions, 'onWindow' | 'onLoad'> {
  readonly browser: Browser;
  readonly context?: BrowserContextOptions;
  readonly argv?: readonly string[];
  readonly platform?: NodeJS.Platform;
  readonly rooms: (stand: StandIn) => Promise<Rooms>;
  /** What looks for newer releases, if anything does. */
  readonly updater?: LookingUpdater;
}

/** The whole app, with what stands for Electron, and its windows in Chromium. */
export async function startDesktop(options: StartOptions): Promise<StartedDesktop> {
  const {
    browser,
    context = {},
    argv = ['sluice', '--hidden'],
    platform = 'linux',
    rooms,
    updater = null,
    ...rest
  } = options;
  const shown = await desktopInBrowser(browser, context);
  const stand = standIn({ ...rest, onLoad: shown.onLoad });
  shown.attach(stand);
  const timers = new Set<() => void>();
  let opened: Rooms | null = null;
  const clocks = {
    now: () => new Date(),
    after(_ms: number, run: () => void) {
      timers.add(run);
      return () => timers.delete(run);
    },
  };
  const app = await runApp({
    ...clocks,
    updates: () => createUpdates({ ...clocks, updater }),
    electron: stand.electron,
    account: 'grace',
    platform,
    argv,
    files: () => ({
      console: readPageFiles(fileURLToPath(new URL('../../console/dist', import.meta.url))),
      own: readPageFiles(BUILT.pages),
      preload: BUILT.preload,
      icons: 'icons',
      program: '/opt/Sluice/sluice',
    }),
    openRooms: async () => (opened = await rooms(stand)),
  });
  return {
    app: app!,
    stand,
    shown,
    timers,
    async close() {
      await shown.close();
      await opened?.relays.close();
      await opened?.downloads.close();
    },
  };
}
