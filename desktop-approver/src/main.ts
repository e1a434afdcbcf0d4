import './no-eval.ts';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import {
  app,
  BrowserWindow,
  dialog,
  globalShortcut,
  ipcMain,
  Menu,
  nativeImage,
  nativeTheme,
  net,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  session,
  shell,
  Tray,
} from 'electron';
import electronUpdater from 'electron-updater';
import type { ElectronModules } from './electron.ts';
import { readPageFiles } from './pages/page-files.ts';
import { openRooms } from './rooms.ts';
import { runApp } from './run.ts';
import { hasFeed } from './updates/feed.ts';
import { createUpdates } from './updates/updates.ts';

/** Electron's entry: the only file beside `preload.ts` that has Electron itself. */
const electron: ElectronModules = {
  app,
  BrowserWindow,
  Tray,
  Menu,
  Notification,
  nativeImage,
  nativeTheme,
  net,
  ipcMain,
  protocol,
  session: (partition) => session.fromPartition(partition),
  shell,
  dialog,
  globalShortcut,
  safeStorage,
  powerMonitor,
};
const here = import.meta.dirname;
const clocks = {
  now: () => new Date(),
  after(ms: number, run: () => void) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
const { platform } = process;

// Not awaited: Electron is ready only once this module has been run.
runApp({
  ...clocks,
  electron,
  platform,
  account: userInfo().username,
  updates: () =>
    createUpdates({
      ...clocks,
      // Made only then: it is a package's, and nothing where there is none.
      updater: hasFeed(process.resourcesPath) ? electronUpdater.autoUpdater : null,
    }),
  argv: process.argv,
  files: () => ({
    console: readPageFiles(join(here, '../console')),
    own: readPageFiles(join(here, '../pages')),
    preload: join(here, '../preload/preload.cjs'),
    icons: join(here, '../icons'),
    // An AppImage is mounted elsewhere each time it is started.
    program: process.env['APPIMAGE'] ?? process.execPath,
  }),
  openRooms: () =>
    openRooms({ ...clocks, electron, platform, libraryThread: join(here, '../library/library-thread.js') }),
}).catch((error: unknown) => {
  console.error(error);
  app.exit(1);
});
