import type { AppWindow, CallEvent, Image } from '../electron.ts';
import { channelOf, type Face } from '../ipc/schema.ts';
import { hostOf, OWN_HOST, pageAddress } from '../pages/addresses.ts';
import { openWindow, type WindowParts } from './open-window.ts';
import type { Overlay } from './overlay.ts';

export interface Windows {
  /** Shows a page; in the window of its origin, if there is one. */
  show(page: Page): AppWindow;
  /** The origin, and the page, that a call comes from; null for whatever is no page of a window of this app. */
  callerOf(event: CallEvent): WindowCaller | null;
  /** Told to every window of an origin. */
  tell(host: string, face: Face, name: string, news: unknown): void;
  close(host: string): void;
  /** Whether a person may be looking at a page of this origin. */
  isLookedAt(host: string, path: RegExp): boolean;
  any(): boolean;
  /** On the taskbar's button of every window, those that come later, too; null: none. Only Windows has them. */
  overlay(overlay: Overlay | null): void;
  /** Told when a page has gone: its window was closed, or shows another page. @returns what ends it. */
  onGone(listener: (contents: number) => void): () => void;
}

export interface Page {
  readonly host: string;
  readonly path: string;
  readonly title: string;
  readonly mayOpen?: readonly string[];
}

export interface WindowCaller {
  readonly host: string;
  readonly path: string;
  readonly contents: number;
  readonly window: AppWindow;
}

interface WindowsParts extends WindowParts {
  /** Of an icon of the app's. */
  readonly imageOf: (icon: string) => Image;
  /** Whether a window may be closed; asked each time. */
  readonly mayClose: (host: string, path: string) => boolean;
  readonly onAllClosed: () => void;
}

export function createWindows(parts: WindowsParts): Windows {
  const windows = new Map<string, AppWindow>();
  const listeners = new Set<(contents: number) => void>();
  const gone = (contents: number) => {
    for (const listener of listeners) listener(contents);
  };
  let overlay: Overlay | null = null;
  const lay = (window: AppWindow) =>
    window.setOverlayIcon(overlay && parts.imageOf(overlay.icon), overlay?.text ?? '');
  const pathOf = (window: AppWindow) => new URL(window.webContents.getURL()).pathname;
  const open = ({ host, path, title, mayOpen = [] }: Page): AppWindow => {
    const isOwn = host === OWN_HOST;
    const window = openWindow(parts, {
      address: pageAddress(host, path),
      face: isOwn ? 'app' : 'console',
      title,
      mayOpen,
      ...(isOwn ? { width: 720, height: 720 } : { width: 1_200, height: 860 }),
    });
    const { id } = window.webContents;
    window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) gone(id);
    });
    window.on('close', (event) => {
      if (!parts.mayClose(host, pathOf(window))) event.preventDefault();
    });
    window.on('closed', () => {
      if (windows.get(host) === window) windows.delete(host);
      gone(id);
      if (windows.size === 0) parts.onAllClosed();
    });
    windows.set(host, window);
    if (overlay !== null) lay(window);
    return window;
  };
  return {
    show(page) {
      const known = windows.get(page.host);
      if (known === undefined || known.isDestroyed()) return open(page);
      const address = pageAddress(page.host, page.path);
      if (known.webContents.getURL() !== address) void known.loadURL(address);
      if (known.isMinimized()) known.restore();
      known.show();
      known.focus();
      return known;
    },
    callerOf({ sender, senderFrame }) {
      // A frame inside of a page, and one that has gone meanwhile, are nobody.
      if (senderFrame === null || senderFrame.parent !== null) return null;
      const host = hostOf(senderFrame.url);
      const window = host === null ? undefined : windows.get(host);
      if (host === null || window === undefined || window.isDestroyed()) return null;
      if (window.webContents.id !== sender.id) return null;
      return { host, path: new URL(senderFrame.url).pathname, contents: sender.id, window };
    },
    tell(host, face, name, news) {
      const window = windows.get(host);
      if (window === undefined || window.isDestroyed()) return;
      window.webContents.send(channelOf(face, 'news', name), news);
    },
    close: (host) => windows.get(host)?.destroy(),
    isLookedAt(host, path) {
      const window = windows.get(host);
      return window !== undefined && !window.isDestroyed() && window.isFocused() && path.test(pathOf(window));
    },
    any: () => windows.size > 0,
    overlay(next) {
      if (next?.icon === overlay?.icon && next?.text === overlay?.text) return;
      overlay = next;
      for (const window of windows.values()) if (!window.isDestroyed()) lay(window);
    },
    onGone(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
