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
import { troubleOf } from './relays/trouble.ts';
import { isQuiet } from './settings/is-quiet.ts';
import { openSettings } from './settings/settings-file.ts';
import type { Settings } from './settings/settings-schema.ts';
import { type Wanted } from './system/deep-link.ts';
import { startAtLogin } from './system/start-at-login.ts';
import { createTray, type TrayActs } from './tray/tray.ts';
import { trayStateOf } from './tray/tray-state.ts';
import { WORDS } from './words.ts';
import type { Updates } from './updates/updates.ts';
import { guardSession } from './windows/guard-session.ts';
import { keepNowhere, PAGES_PARTITION } from './windows/open-window.ts';
import { overlayOf } from './windows/overlay.ts';
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

  const stateOf = (id: RelayId) => relays.get(id)?.state() ?? null;
  const windows = createWindows({
    electron,
    preload: files.preload,
    imageOf: (icon) => electron.nativeImage.createFromPath(join(files.icons, icon)),
    // An alarm is answered before its window goes.
    mayClose: (host, path) => isQuitting || host !== OWN_HOST || path !== '/alarm' || !hasAlarm(),
    onAllClosed: () => void lastClosed(),
  });
  const hasAlarm = () => relays.list().some((relay) => relay.state().alarm !== null);
  const show = {
    request: (id: RelayId, request: string) => showRelay(id, `/console/approvals/${request}`),
    relay: (id: RelayId) => showRelay(id, '/console'),
    downloads: (path = '/console/sessions') =>
      windows.show({ host: DOWNLOADS_HOST, path, title: WORDS.windows.downloads }),
    own: (path: '/relays' | '/downloads' | '/settings') =>
      // Not in the place of an alarm.
      windows.show({ host: OWN_HOST, path: hasAlarm() ? '/alarm' : path, title: WORDS.windows.own }),
    alarm: () => {
      const window = windows.show({ host: OWN_HOST, path: '/alarm', title: WORDS.windows.own });
      window.setAlwaysOnTop(true);
    },
  };
  const showRelay = (id: RelayId, path: string) => {
    const state = stateOf(id);
    if (state === null) return;
    void app.dock?.show();
    const mayOpen = [new URL(state.url).origin];
    windows.show({ host: id, path, title: WORDS.windows.requests(state.name), mayOpen });
  };

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
    openDownloads: () => void show.downloads(),
    manageDownloads: () => void show.own('/downloads'),
    openRelays: () => void show.own('/relays'),
    openSettings: () => void show.own('/settings'),
    openAlarm: show.alarm,
    setQuiet: (isOn) => settings.save({ ...settings.now(), quiet: { ...settings.now().quiet, isOn } }),
    quit: () => app.quit(),
  };
  const showFirst = () => {
    const list = relays.list();
    const [only] = list;
    const first = list.find((relay) => relay.state().pending.length > 0) ?? only;
    if (hasAlarm()) show.alarm();
    else if (first === undefined) show.own('/relays');
    else show.relay(first.id);
  };
  const tray = createTray({ electron, platform, icons: files.icons, onClick: showFirst });

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
      openDownloads: () => void show.downloads(),
      onRemoved: (id) => windows.close(id),
      onAcknowledged: () => hasAlarm() || windows.close(OWN_HOST),
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
    try {
      startAtLogin({ app, platform, program: files.program }, chosen.startsAtLogin);
    } catch {
      notices.push(WORDS.notices.login);
    }
    electron.globalShortcut.unregisterAll();
    if (chosen.shortcut !== null && !registers(chosen.shortcut)) notices.push(WORDS.notices.shortcut);
    void downloads.limitTo(chosen.downloadsGiB * GIB).catch(() => {
      notices.push(WORDS.notices.downloads);
      refresh();
    });
    refresh();
  };
  /** An accelerator that Electron does not know is an error of Electron's. */
  const registers = (shortcut: string) => {
    try {
      return electron.globalShortcut.register(shortcut, showFirst);
    } catch {
      return false;
    }
  };
  const openFile = async (path: string) => {
    try {
      const session = await kept.open(path);
      if (session === null) show.own('/downloads');
      else show.downloads(`/console/sessions/${session}`);
    } catch (error) {
      const { message, advice } = troubleOf(error);
      await electron.dialog.showMessageBox({
        type: 'error',
        title: WORDS.product,
        message: WORDS.file.refused,
        detail: `${message}. ${advice}`,
        buttons: [WORDS.link.close],
      });
    }
  };
  const lastClosed = async () => {
    app.dock?.hide();
    if (isQuitting) return;
    const { staysInTray } = settings.now();
    if (staysInTray === false) return app.quit();
    if (staysInTray === true) return;
    const { response } = await electron.dialog.showMessageBox({
      type: 'question',
      title: WORDS.product,
      message: WORDS.trayOrQuit.message,
      detail: WORDS.trayOrQuit.detail,
      buttons: [WORDS.trayOrQuit.keep, WORDS.trayOrQuit.quit],
      defaultId: 0,
      cancelId: 0,
    });
    settings.save({ ...settings.now(), staysInTray: response === 0 });
    if (response !== 0) app.quit();
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
  app.on('activate', showFirst);
  app.on('before-quit', () => {
    isQuitting = true;
    notifications.end();
    tray.end();
    electron.globalShortcut.unregisterAll();
  });
  if (settings.wasDamaged) refresh();
  else apply(settings.now());
  if (hasAlarm()) show.alarm();

  return {
    answer,
    async open(wanted) {
      if (wanted === null) return showFirst();
      if (wanted.type === 'file') {
        return await openFile(wanted.path);
      }
      const relay = await relayWith(relays, wanted.id);
      if (relay !== null) return show.request(relay, wanted.id);
      await electron.dialog.showMessageBox({
        type: 'info',
        title: WORDS.product,
        message: WORDS.link.unknown,
        detail: WORDS.link.unknownDetail,
        buttons: [WORDS.link.close],
      });
    },
  };
}

const GIB = 2 ** 30;

/** The relay that knows of a request; a link does not say which. */
async function relayWith(relays: RelayBook, id: string): Promise<RelayId | null> {
  const waits = relays.list().find((relay) => relay.state().pending.some((request) => request.id === id));
  if (waits !== undefined) return waits.id;
  const signedIn = relays.list().filter((relay) => relay.state().person !== null);
  const found = await Promise.all(
    signedIn.map(async (relay) => {
      try {
        await relay.client.approvals.read({ params: { id } });
        return relay.id;
      } catch {
        return null;
      }
    }),
  );
  return found.find((relay) => relay !== null) ?? null;
}
