import type {
  BrowserWindowConstructorOptions,
  MenuItemConstructorOptions,
  MessageBoxOptions,
  NotificationConstructorOptions,
  PermissionCheckHandlerHandlerDetails,
  PermissionRequest,
} from 'electron';
import type { AppWindow, CallEvent, Contents, ElectronModules, Toast } from '../electron.ts';

/**
 * The few modules of Electron as tests have them: they remember what was asked of them, and tests say what happens. The
 * compiler checks them against Electron's own types, by way of `ElectronModules`.
 */
export interface StandIn {
  readonly electron: ElectronModules;
  readonly windows: StandInWindow[];
  readonly toasts: StandInToast[];
  readonly opened: string[];
  readonly asked: MessageBoxOptions[];
  /** What is chosen in the next dialogs. */
  readonly answers: number[];
  /** What is chosen in the next dialogs of files. */
  readonly files: string[];
  readonly tray: { image: string; tip: string; menu: MenuItemConstructorOptions[]; click(): void };
  readonly badges: number[];
  readonly said: {
    quits: number;
    beeps: number;
    isSandboxed: boolean;
    loginItem: object | null;
    schemes: object[];
  };
  readonly shortcuts: Map<string, () => void>;
  readonly session: StandInSession;
  /** What arrives at an app. */
  emit(event: string, ...details: unknown[]): void;
  invoke(channel: string, event: CallEvent, input: unknown): Promise<unknown>;
  readonly channels: () => readonly string[];
}

export interface StandInWindow extends AppWindow {
  readonly options: BrowserWindowConstructorOptions;
  readonly webContents: StandInContents;
  url: string;
  isShown: boolean;
  hasFocus: boolean;
  isGone: boolean;
  readonly onTop: boolean[];
  /** On its button in the taskbar. */
  overlay: { readonly icon: string; readonly text: string } | null;
  emit(event: string, ...details: unknown[]): void;
}

export interface StandInContents extends Contents {
  readonly sent: { readonly channel: string; readonly news: unknown }[];
  /** Tells whoever shows the window. */
  onSend: ((channel: string, news: unknown) => void) | null;
  emit(event: string, ...details: unknown[]): void;
  openWindow(url: string): { readonly action: string };
}

export interface StandInToast extends Toast {
  readonly options: NotificationConstructorOptions;
  isShown: boolean;
  emit(event: string, ...details: unknown[]): void;
}

export interface StandInSession {
  requestPermission(permission: string, url: string): boolean;
  checkPermission(permission: string, origin: string): boolean;
  mayUseDevice(): boolean;
  isCancelled(url: string): boolean;
  readonly handled: Map<string, (request: Request) => Response | Promise<Response>>;
  isDownloadPrevented(url: string): boolean;
}

export interface StandInOptions {
  readonly userData: string;
  readonly isFirst?: boolean;
  readonly isPackaged?: boolean;
  readonly safeStorage?: ElectronModules['safeStorage'];
  readonly powerMonitor?: ElectronModules['powerMonitor'];
  /** Shows a window that was made, as Electron would. */
  readonly onWindow?: (window: StandInWindow) => void;
  readonly onLoad?: (window: StandInWindow, url: string) => void;
  readonly mayNotify?: boolean;
  readonly openExternal?: (url: string) => Promise<void>;
  readonly takenShortcuts?: readonly string[];
}

export function standIn(options: StandInOptions): StandIn {
  const { userData, isFirst = true, isPackaged = true, mayNotify = true } = options;
  const windows: StandInWindow[] = [];
  const toasts: StandInToast[] = [];
  const app = emitter();
  const handlers = new Map<string, (event: CallEvent, input: unknown) => Promise<unknown>>();
  const stand: StandIn = {
    windows,
    toasts,
    opened: [],
    asked: [],
    answers: [],
    files: [],
    tray: { image: '', tip: '', menu: [], click: () => tray.emit('click') },
    badges: [],
    said: { quits: 0, beeps: 0, isSandboxed: false, loginItem: null, schemes: [] },
    shortcuts: new Map(),
    session: null as never,
    emit: app.emit,
    invoke(channel, event, input) {
      const handler = handlers.get(channel);
      if (handler === undefined) throw new Error(`nobody handles ${channel}`);
      return handler(event, input);
    },
    channels: () => [...handlers.keys()],
    electron: null as never,
  };
  const tray = emitter();
  let ids = 0;
  const makeWindow = (order: BrowserWindowConstructorOptions): StandInWindow => {
    ids += 1;
    const window = newWindow(ids, order, options.onLoad);
    windows.push(window);
    for (const other of windows) other.hasFocus = other === window;
    app.emit('web-contents-created', {}, window.webContents);
    options.onWindow?.(window);
    return window;
  };
  const { session, inspected } = newSession();
  const electron: ElectronModules = {
    app: {
      isPackaged,
      enableSandbox: () => void (stand.said.isSandboxed = true),
      exit: () => {},
      getPath: () => userData,
      getVersion: () => '0.1.0',
      quit() {
        stand.said.quits += 1;
        app.emit('before-quit');
      },
      requestSingleInstanceLock: () => isFirst,
      setAppUserModelId: () => {},
      setAsDefaultProtocolClient: () => true,
      setBadgeCount: (count = 0) => stand.badges.push(count) > 0,
      setLoginItemSettings: (item) => void (stand.said.loginItem = item),
      whenReady: async () => {},
      on: app.on,
    },
    BrowserWindow: function (order: BrowserWindowConstructorOptions) {
      return makeWindow(order);
    } as never,
    Tray: function (image: { readonly path: string }) {
      stand.tray.image = image.path;
      return {
        setImage: (next: { readonly path: string }) => void (stand.tray.image = next.path),
        setToolTip: (tip: string) => void (stand.tray.tip = tip),
        setContextMenu: (menu: { readonly template: MenuItemConstructorOptions[] }) =>
          void (stand.tray.menu = menu.template),
        destroy: () => {},
        on: tray.on,
      };
    } as never,
    Menu: { buildFromTemplate: (template) => ({ template }) as never },
    Notification: Object.assign(
      function (order: NotificationConstructorOptions) {
        const toast = newToast(order);
        toasts.push(toast);
        return toast;
      } as never,
      { isSupported: () => mayNotify },
    ),
    nativeImage: { createFromPath: (path) => ({ path }) as never },
    nativeTheme: { shouldUseDarkColors: false, on: emitter().on },
    net: { fetch, isOnline: () => true },
    ipcMain: {
      handle(channel, listener) {
        if (handlers.has(channel)) throw new Error(`${channel} is handled twice`);
        handlers.set(channel, listener);
      },
    },
    protocol: {
      registerSchemesAsPrivileged: (schemes) => void stand.said.schemes.push(...schemes),
    },
    session: () => session,
    shell: {
      async openExternal(url) {
        stand.opened.push(url);
        await options.openExternal?.(url);
      },
      beep: () => void (stand.said.beeps += 1),
    },
    dialog: {
      showMessageBox: (async (order: MessageBoxOptions) => {
        stand.asked.push(order);
        return { response: stand.answers.shift() ?? order.cancelId ?? 0, checkboxChecked: false };
      }) as never,
      async showOpenDialog() {
        const filePaths = stand.files.splice(0, 1);
        return { canceled: filePaths.length === 0, filePaths };
      },
    },
    globalShortcut: {
      register(shortcut, run) {
        if (options.takenShortcuts?.includes(shortcut) === true) return false;
        stand.shortcuts.set(shortcut, run);
        return true;
      },
      unregisterAll: () => stand.shortcuts.clear(),
    },
    safeStorage: options.safeStorage ?? (null as never),
    powerMonitor: options.powerMonitor ?? (null as never),
  };
  return Object.assign(stand, { electron, session: inspected });
}

function newWindow(
  id: number,
  options: BrowserWindowConstructorOptions,
  onLoad: StandInOptions['onLoad'],
): StandInWindow {
  const { on, emit } = emitter();
  const of = emitter();
  let handleOpen: Parameters<Contents['setWindowOpenHandler']>[0] | null = null;
  const sent: StandInContents['sent'] = [];
  const webContents: StandInContents = {
    id,
    sent,
    onSend: null,
    getURL: () => window.url,
    send(channel: string, news: unknown) {
      // As Electron's structured clone does.
      const cloned: unknown = structuredClone(news);
      sent.push({ channel, news: cloned });
      webContents.onSend?.(channel, cloned);
    },
    setWindowOpenHandler: (handler) => void (handleOpen = handler),
    openWindow: (url) => handleOpen!({ url } as never),
    on: of.on,
    emit: of.emit,
  };
  const window: StandInWindow = {
    options,
    webContents,
    url: '',
    isShown: false,
    hasFocus: true,
    isGone: false,
    onTop: [],
    overlay: null,
    async loadURL(url) {
      window.url = url;
      webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
      onLoad?.(window, url);
      emit('ready-to-show');
    },
    close() {
      let isPrevented = false;
      emit('close', { preventDefault: () => (isPrevented = true) });
      if (!isPrevented) window.destroy();
    },
    destroy() {
      if (window.isGone) return;
      window.isGone = true;
      window.isShown = false;
      emit('closed');
    },
    show: () => void (window.isShown = true),
    focus: () => void (window.hasFocus = true),
    isDestroyed: () => window.isGone,
    isFocused: () => window.hasFocus && window.isShown,
    isMinimized: () => false,
    isVisible: () => window.isShown,
    restore: () => {},
    setAlwaysOnTop: (isOn) => void window.onTop.push(isOn),
    setMenuBarVisibility: () => {},
    setOverlayIcon(image, text) {
      window.overlay = image && { icon: (image as unknown as { readonly path: string }).path, text };
    },
    on,
    emit,
  };
  return window;
}

function newToast(options: NotificationConstructorOptions): StandInToast {
  const { on, emit } = emitter();
  const toast: StandInToast = {
    options,
    isShown: false,
    show: () => void (toast.isShown = true),
    close: () => void (toast.isShown = false),
    on,
    emit,
  };
  return toast;
}

type PermissionRequestHandler = NonNullable<
  Parameters<ReturnType<ElectronModules['session']>['setPermissionRequestHandler']>[0]
>;
type PermissionCheckHandler = NonNullable<
  Parameters<ReturnType<ElectronModules['session']>['setPermissionCheckHandler']>[0]
>;

function newSession(): {
  readonly session: ReturnType<ElectronModules['session']>;
  readonly inspected: StandInSession;
} {
  const { on, emit } = emitter();
  const handled: StandInSession['handled'] = new Map();
  // What Electron does where nobody says otherwise: it allows.
  let request: PermissionRequestHandler = (_contents, _permission, answer) => answer(true);
  let check: PermissionCheckHandler = () => true;
  let device: (() => boolean) | null = () => true;
  let before:
    ((details: { readonly url: string }, answer: (given: { cancel?: boolean }) => void) => void) | null =
    null;
  return {
    session: {
      protocol: { handle: (scheme, handler) => void handled.set(scheme, handler) },
      webRequest: { onBeforeRequest: (listener) => void (before = listener) },
      setPermissionRequestHandler: (handler) => void (request = handler!),
      setPermissionCheckHandler: (handler) => void (check = handler!),
      setDevicePermissionHandler: (handler) => void (device = handler as never),
      on,
    },
    inspected: {
      handled,
      requestPermission(permission, url) {
        let given = false;
        const contents = { getURL: () => url } as never;
        request(contents, permission as never, (answer) => (given = answer), {} as PermissionRequest);
        return given;
      },
      checkPermission: (permission, origin) =>
        check(null, permission as never, origin, {} as PermissionCheckHandlerHandlerDetails),
      mayUseDevice: () => device!(),
      isCancelled(url) {
        let isCancelled = false;
        before?.({ url }, ({ cancel }) => (isCancelled = cancel === true));
        return isCancelled;
      },
      isDownloadPrevented(url) {
        let isPrevented = false;
        emit('will-download', { preventDefault: () => (isPrevented = true) }, { getURL: () => url });
        return isPrevented;
      },
    },
  };
}

function emitter() {
  const listeners = new Map<string, ((...details: never[]) => void)[]>();
  return {
    on: (event: string, listener: (...details: never[]) => void): void => {
      listeners.set(event, [...(listeners.get(event) ?? []), listener]);
    },
    emit: (event: string, ...details: unknown[]): void => {
      for (const listener of listeners.get(event) ?? []) listener(...(details as never[]));
    },
  };
}
