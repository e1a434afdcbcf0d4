import { PAGE_SCHEME } from './pages/addresses.ts';
import { type AppFiles, type AppParts, type DesktopApp, startApp } from './app.ts';
import type { ElectronModules } from './electron.ts';
import { LINK_SCHEME, requestOfLink, type Wanted, wantedOf } from './system/deep-link.ts';
import type { Updates } from './updates/updates.ts';
import { HIDDEN } from './system/start-at-login.ts';

/** What the shell is around: who is asked, what was kept, what is witnessed. */
export type Rooms = Pick<AppParts, 'relays' | 'downloads' | 'witness'>;

export interface RunParts extends Pick<AppParts, 'account' | 'platform' | 'now' | 'after'> {
  readonly electron: ElectronModules;
  readonly argv: readonly string[];
  readonly files: () => AppFiles;
  readonly openRooms: () => Promise<Rooms>;
  readonly updates: () => Updates;
}

/**
 * Starts the app, once on a computer: a second start hands over what it was asked to open, and ends.
 *
 * @returns null for a second start.
 */
export async function runApp(parts: RunParts): Promise<DesktopApp | null> {
  const { electron, argv } = parts;
  const { app } = electron;
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return null;
  }
  // Before anything else: each has to be said before Electron is ready.
  app.enableSandbox();
  electron.protocol.registerSchemesAsPrivileged([
    {
      scheme: PAGE_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
  ]);
  app.setAppUserModelId('dev.sluice.approver');
  app.setAsDefaultProtocolClient(LINK_SCHEME);
  let desktop: DesktopApp | null = null;
  const wanted: (Wanted | null)[] = [];
  const open = (what: Wanted | null) => {
    if (desktop === null) wanted.push(what);
    else void desktop.open(what);
  };
  app.on('second-instance', (_event, others) => open(wantedOf(others)));
  app.on('open-url', (event, link) => {
    event.preventDefault();
    const id = requestOfLink(link);
    if (id !== null) open({ type: 'request', id });
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    open({ type: 'file', path });
  });
  await app.whenReady();
  const rooms = await parts.openRooms();
  const updates = parts.updates();
  desktop = startApp({ ...parts, ...rooms, updates, files: parts.files() });
  const first = wantedOf(argv);
  if (first !== null || !argv.includes(HIDDEN)) wanted.unshift(first);
  for (const what of wanted.filter((what, at) => what !== null || wanted.indexOf(null) === at)) {
    await desktop.open(what);
  }
  app.on('before-quit', () => {
    updates.end();
    void close(rooms);
  });
  return desktop;
}

async function close({ relays, downloads }: Rooms): Promise<void> {
  await Promise.allSettled([relays.close(), downloads.close()]);
}
