import type {
  App,
  BrowserWindow,
  BrowserWindowConstructorOptions,
  Dialog,
  GlobalShortcut,
  IpcMain,
  IpcMainInvokeEvent,
  IpcRenderer,
  Menu,
  MenuItemConstructorOptions,
  NativeImage,
  NativeTheme,
  Net,
  Notification,
  NotificationConstructorOptions,
  PowerMonitor,
  Protocol,
  SafeStorage,
  Session,
  Shell,
  Tray,
  WebContents,
  WebFrameMain,
} from 'electron';

/**
 * The few modules of Electron that the main process uses, and of each no more than it uses. `main.ts` gives Electron's own,
 * whose types are checked against these; tests give others, which are checked likewise.
 */
export interface ElectronModules {
  readonly app: AppModule;
  readonly BrowserWindow: new (options: BrowserWindowConstructorOptions) => AppWindow;
  readonly Tray: new (image: Image) => TrayIcon;
  readonly Menu: { buildFromTemplate(template: MenuItemConstructorOptions[]): Menu };
  readonly Notification: {
    new (options: NotificationConstructorOptions): Toast;
    isSupported(): boolean;
  };
  readonly nativeImage: { createFromPath(path: string): Image };
  readonly nativeTheme: Pick<NativeTheme, 'shouldUseDarkColors'> & {
    on(event: 'updated', listener: () => void): unknown;
  };
  readonly ipcMain: MainIpc;
  readonly protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>;
  readonly session: (partition: string) => AppSession;
  readonly net: Pick<Net, 'fetch' | 'isOnline'>;
  readonly shell: Pick<Shell, 'openExternal' | 'beep'>;
  readonly dialog: Pick<Dialog, 'showMessageBox' | 'showOpenDialog'>;
  readonly globalShortcut: Pick<GlobalShortcut, 'register' | 'unregisterAll'>;
  readonly safeStorage: SafeStorage;
  readonly powerMonitor: PowerMonitor;
}

export interface AppModule extends Pick<
  App,
  | 'enableSandbox'
  | 'exit'
  | 'getPath'
  | 'getVersion'
  | 'isPackaged'
  | 'quit'
  | 'requestSingleInstanceLock'
  | 'setAppUserModelId'
  | 'setAsDefaultProtocolClient'
  | 'setBadgeCount'
  | 'setLoginItemSettings'
  | 'whenReady'
> {
  /** Only macOS has one. */
  readonly dock?: { hide(): void; show(): Promise<void> } | undefined;
  on(event: 'second-instance', listener: (event: unknown, argv: string[]) => void): unknown;
  on(
    event: 'open-url' | 'open-file',
    listener: (event: { preventDefault(): void }, what: string) => void,
  ): unknown;
  on(event: 'activate' | 'before-quit' | 'window-all-closed', listener: () => void): unknown;
  on(event: 'web-contents-created', listener: (event: unknown, contents: Contents) => void): unknown;
}

export interface AppWindow extends Pick<
  BrowserWindow,
  | 'close'
  | 'destroy'
  | 'focus'
  | 'isDestroyed'
  | 'isFocused'
  | 'isMinimized'
  | 'isVisible'
  | 'loadURL'
  | 'restore'
  | 'setAlwaysOnTop'
  | 'setMenuBarVisibility'
  | 'setOverlayIcon'
  | 'show'
> {
  readonly webContents: Contents;
  on(event: 'closed' | 'ready-to-show', listener: () => void): unknown;
  on(event: 'close', listener: (event: { preventDefault(): void }) => void): unknown;
}

export interface Contents extends Pick<WebContents, 'getURL' | 'id' | 'send' | 'setWindowOpenHandler'> {
  on(
    event: 'will-navigate' | 'will-redirect' | 'will-frame-navigate',
    listener: (details: { readonly url: string; preventDefault(): void }) => void,
  ): unknown;
  on(event: 'will-attach-webview', listener: (event: { preventDefault(): void }) => void): unknown;
  on(
    event: 'did-start-navigation',
    listener: (details: { readonly isMainFrame: boolean; readonly isSameDocument: boolean }) => void,
  ): unknown;
  on(event: 'destroyed', listener: () => void): unknown;
}

export interface AppSession extends Pick<
  Session,
  'setDevicePermissionHandler' | 'setPermissionCheckHandler' | 'setPermissionRequestHandler'
> {
  readonly protocol: Pick<Protocol, 'handle'>;
  readonly webRequest: {
    onBeforeRequest(
      listener: (details: { readonly url: string }, answer: (response: { cancel?: boolean }) => void) => void,
    ): void;
  };
  on(
    event: 'will-download',
    listener: (event: { preventDefault(): void }, item: { getURL(): string }) => void,
  ): unknown;
}

export interface MainIpc {
  handle(
    channel: string,
    listener: (event: CallEvent, input: unknown) => Promise<unknown>,
  ): ReturnType<IpcMain['handle']>;
}

/** What is known of who calls. */
export interface CallEvent {
  readonly sender: Pick<IpcMainInvokeEvent['sender'], 'id'>;
  readonly senderFrame: (Pick<WebFrameMain, 'url'> & { readonly parent: unknown }) | null;
}

export interface TrayIcon extends Pick<Tray, 'setImage' | 'setToolTip' | 'destroy'> {
  setContextMenu(menu: Menu): void;
  on(event: 'click', listener: () => void): unknown;
}

export interface Toast extends Pick<Notification, 'show' | 'close'> {
  on(event: 'click' | 'close', listener: () => void): unknown;
  on(event: 'action', listener: (event: unknown, index: number) => void): unknown;
  on(event: 'failed', listener: (event: unknown, error: string) => void): unknown;
}

export type Image = NativeImage;

/** What the preload script uses. */
export interface PreloadModules {
  readonly contextBridge: { exposeInMainWorld(name: string, api: unknown): void };
  readonly ipcRenderer: Pick<IpcRenderer, 'invoke'> & {
    on(channel: string, listener: (event: unknown, news: unknown) => void): unknown;
    removeListener(channel: string, listener: (event: unknown, news: unknown) => void): unknown;
  };
}
