import type { AppWindow, Contents, ElectronModules } from '../electron.ts';
import { FACE_ARGUMENT, type Face } from '../ipc/schema.ts';
import { hostOf } from '../pages/addresses.ts';

export interface WindowOrder {
  readonly address: string;
  readonly face: Face;
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** Origins of the web that a link of this window's may open in the system's browser. */
  readonly mayOpen: readonly string[];
}

export interface WindowParts {
  readonly electron: Pick<ElectronModules, 'BrowserWindow' | 'shell' | 'app'>;
  /** The preload script's file. */
  readonly preload: string;
}

/** Of all windows, and of nothing else: what the app itself asks relays for goes by another, which may reach them. */
export const PAGES_PARTITION = 'persist:pages';

/** Makes a window: every one of the app is made here, so that none is without these walls. */
export function openWindow({ electron, preload }: WindowParts, order: WindowOrder): AppWindow {
  const { address, face, title, width, height, mayOpen } = order;
  const window = new electron.BrowserWindow({
    title,
    width,
    height,
    minWidth: 360,
    minHeight: 480,
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      partition: PAGES_PARTITION,
      preload,
      additionalArguments: [`${FACE_ARGUMENT}${face}`],
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: !electron.app.isPackaged,
    },
  });
  window.setMenuBarVisibility(false);
  const host = hostOf(address);
  keepAt(window.webContents, (url) => hostOf(url) === host);
  window.webContents.setWindowOpenHandler(({ url }) => {
    if (mayOpenOutside(url, mayOpen)) void electron.shell.openExternal(url);
    return { action: 'deny' };
  });
  window.on('ready-to-show', () => window.show());
  void window.loadURL(address);
  return window;
}

/** For whatever shows pages and was not made by `openWindow`, should there ever be such a thing: it goes nowhere. */
export function keepNowhere(contents: Contents): void {
  keepAt(contents, (url) => hostOf(url) !== null);
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** A page stays at its origin, has no other pages inside, and makes no windows. */
function keepAt(contents: Contents, isThere: (url: string) => boolean): void {
  const stay = (details: { readonly url: string; preventDefault(): void }) => {
    if (!isThere(details.url)) details.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

/** What is opened outside is chosen by a page, which shows what agents wrote: only places that the app knows. */
export function mayOpenOutside(url: string, origins: readonly string[]): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, origin, username, password } = new URL(url);
  return protocol === 'https:' && username === '' && password === '' && origins.includes(origin);
}
