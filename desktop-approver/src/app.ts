import { join } from 'node:path';
import { appHandlers, relayViewOf } from './app-handlers.ts';
import { consoleCalls, hostStateOf } from './console-calls.ts';
import { downloadHandlers } from './download-handlers.ts';
import type { ElectronModules } from './electron.ts';
import type { AppState } from './ipc/app-calls.ts';
import { IPC } from './ipc/schema.ts';
import { serveCalls } from './ipc/serve-calls.ts';
import { createNotifications } from './notifications/notifications.ts';
import { DOWNLOADS_HOST, OWN_HOST, PAGE_SCHEME } from './pages/addresses.ts';
import { answerPages } from './pages/answer-pages.ts';
import type { PageFiles } from './pages/page-files.ts';
import type { Downloads, RelayBook, Witness } from './ports.ts';
import type { RelayId } from './relays/relay.ts';
import { openWanted } from './open-wanted.ts';
import { applySettings } from './settings/apply-settings.ts';
import { isQuiet } from './settings/is-quiet.ts';
import { openSettings } from './settings/settings-file.ts';
import type { Settings } from './settings/settings-schema.ts';
import { type Wanted } from './system/deep-link.ts';
import { createTray, type TrayActs } from './tray/tray.ts';
import { trayStateOf } from './tray/tray-state.ts';
import { WORDS } from './words.ts';
import type { Updates } from './updates/updates.ts';
import { guardSession } from './windows/guard-session.ts';
import { keepNowhere, PAGES_PARTITION } from './windows/open-window.ts';
import { lastClosed } from './windows/last-closed.ts';
import { overlayOf } from './windows/overlay.ts';
import { hasAlarm, showPlaces } from './windows/show-places.ts';
import { createWindows } from './windows/windows.ts';

export interface AppParts {
  readonly electron: ElectronModules;
  readonly relays: RelayBook;
  readonly downloads: Downloads;
  readonly witness: Witness;
  readonly updates: Updates;
  readonly platform: NodeJS.Platform;
  /** Whose account on this computer it is. */
  readonly account: string;
  readonly files: AppFiles;
  readonly now: () => Date;
  /** Calls back after so many milliseconds. @returns how to call it off. */
  readonly after: (ms: number, run: () => void) => () => void;
}

export interface AppFiles {
  readonly console: PageFiles;
  readonly own: PageFiles;
  readonly preload: string;
  /** The folder of the tray's icons. */
  readonly icons: string;
  /** What is started at login. */
  readonly program: string;
}

export interface DesktopApp {
  /** Shows what a link, a double click or another start of the app asks for. */
  open(wanted: Wanted | null): Promise<void>;
  /** Answers for the app's pages. */
  readonly answer: (request: Request) => Promise<Response>;
}

/** Puts the app together. Everything that it is made of is in this function. */
export function startApp(parts: AppParts): DesktopApp {
  const { electron, relays, downloads, witness, updates, platform, files, now, after } = parts;
  const { app } = electron;
  const settings = openSettings(join(app.getPath('userData'), 'settings.json'));
  const notices: string[] = settings.wasDamaged ? [WORDS.notices.settings] : [];
  let isQuitting = false;

  const windows = createWindows({
    electron,
    preload: files.preload,
    imageOf: (icon) => electron.nativeImage.createFromPath(join(files.icons, icon)),
    // An alarm is answered before its window goes.
    mayClose: (host, path) => isQuitting || host !== OWN_HOST || path !== '/alarm' || !hasAlarm(relays),
    onAllClosed() {
      app.dock?.hide();
      if (!isQuitting) void lastClosed(electron, settings);
    },
  });
  const show = showPlaces(windows, relays, app);

  const answer = answerPages({
    console: files.console,
    own: files.own,
    apiOf(host) {
      if (host === DOWNLOADS_HOST) return downloads.fetch;
      return relays.get(host as RelayId)?.fetch ?? null;
    },
  });
  const session = electron.session(PAGES_PARTITION);
  guardSession(session);
  session.protocol.handle(PAGE_SCHEME, answer);
  app.on('web-contents-created', (_event, contents) => keepNowhere(contents));

  const quiet = () => isQuiet(settings.now(), now());
  const notifications = createNotifications({
    electron,
    platform,
    settings: settings.now,
    isQuiet: quiet,
    after,
    openRequest: show.request,
    openRelay: show.relay,
    isLookedAt: (id, request) => windows.isLookedAt(id, new RegExp(`^/console(/|/approvals/${request})?$`)),
  });
  const acts: TrayActs = {
    openRequest: show.request,
    openRelay: show.relay,
    openDownloads: () => show.downloads(),
    manageDownloads: () => show.own('/downloads'),
    openRelays: () => show.own('/relays'),
    openSettings: () => show.own('/settings'),
    openAlarm: show.alarm,
    setQuiet: (isOn) => settings.save({ ...settings.now(), quiet: { ...settings.now().quiet, isOn } }),
    quit: () => app.quit(),
  };
  const tray = createTray({ electron, platform, icons: files.icons, onClick: show.first });

  const appState = (): AppState => ({
    version: app.getVersion(),
    platform: platform === 'darwin' ? 'mac' : platform === 'win32' ? 'windows' : 'linux',
    relays: relays.list().map((relay) => relayViewOf(relay.state())),
    settings: settings.now(),
    notices: [...notices],
    mayNotify: electron.Notification.isSupported(),
    updates: updates.state(),
  });
  serveCalls(
    electron.ipcMain,
    'console',
    IPC.console.calls,
    (event) => {
      const caller = windows.callerOf(event);
      return caller === null || caller.host === OWN_HOST ? null : caller;
    },
    consoleCalls(relays, windows, downloads),
  );
  const kept = downloadHandlers({
    downloads,
    relays,
    dialog: electron.dialog,
    show: (session) => show.downloads(`/console/sessions/${session}`),
    onChange: () => windows.tell(OWN_HOST, 'app', 'downloads', null),
  });
  serveCalls(
    electron.ipcMain,
    'app',
    IPC.app.calls,
    (event) => {
      const caller = windows.callerOf(event);
      return caller?.host === OWN_HOST ? caller : null;
    },
    appHandlers({
      relays,
      witness,
      account: parts.account,
      settings,
      state: appState,
      apply: (chosen) => apply(chosen),
      openRelay: show.relay,
      openDownloads: () => show.downloads(),
      onRemoved: (id) => windows.close(id),
      onAcknowledged: () => hasAlarm(relays) || windows.close(OWN_HOST),
      downloads: kept.handlers,
      lookForUpdate: updates.look,
    }),
  );

  const alarmed = new Set<RelayId>();
  const refresh = () => {
    const states = relays.list().map((relay) => relay.state());
    const tellState = trayStateOf(states);
    tray.show({
      ...tellState,
      relays: states,
      isQuiet: settings.now().quiet.isOn,
      acts,
    });
    app.setBadgeCount(tellState.pending);
    // Where there are no badges, that is.
    if (platform === 'win32') windows.overlay(overlayOf(tellState));
    for (const relay of relays.list()) {
      const state = relay.state();
      notifications.settle(relay);
      windows.tell(relay.id, 'console', 'state', hostStateOf(state));
      if (state.alarm === null) alarmed.delete(relay.id);
      else if (!alarmed.has(relay.id)) {
        // Whoever does not want to be disturbed wants to know of this.
        alarmed.add(relay.id);
        show.alarm();
      }
    }
    windows.tell(OWN_HOST, 'app', 'state', appState());
  };
  const apply = (chosen: Settings) => {
    notices.length = 0;
    applySettings(chosen, {
      electron,
      platform,
      program: files.program,
      downloads,
      onShortcut: show.first,
      onNotice(notice) {
        notices.push(notice);
        refresh();
      },
    });
    refresh();
  };
  relays.onEvent((id, event) => {
    const relay = relays.get(id);
    if (relay !== null) notifications.tell(relay, event);
  });
  relays.onChange(refresh);
  updates.onChange(refresh);
  downloads.onChange(() => windows.tell(OWN_HOST, 'app', 'downloads', null));
  settings.onChange(refresh);
  // Nothing to do: the tray goes on.
  app.on('window-all-closed', () => {});
  app.on('activate', show.first);
  app.on('before-quit', () => {
    isQuitting = true;
    notifications.end();
    tray.end();
    electron.globalShortcut.unregisterAll();
  });
  if (settings.wasDamaged) refresh();
  else apply(settings.now());
  if (hasAlarm(relays)) show.alarm();

  return {
    answer,
    open: async (wanted) =>
      await openWanted(wanted, { relays, show, dialog: electron.dialog, takeIn: kept.open }),
  };
}
