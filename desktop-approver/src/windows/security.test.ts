import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { standIn } from '../testing/electron-stand-in.ts';
import { guardSession } from './guard-session.ts';
import { keepNowhere, PAGES_PARTITION } from './open-window.ts';
import { createWindows } from './windows.ts';

/** Electron's checklist (electronjs.org/docs/latest/tutorial/security), as far as the app's own code is it. */
const stand = standIn({ userData: '/nowhere' });
const windows = createWindows({
  electron: stand.electron,
  preload: '/app/preload.cjs',
  imageOf: () => null as never,
  mayClose: () => true,
  onAllClosed: () => {},
});
guardSession(stand.electron.session(PAGES_PARTITION));
windows.show({ host: 'acme', path: '/console', title: 'Acme', mayOpen: ['https://acme.example.com'] });
windows.show({ host: 'app', path: '/relays', title: 'Sluice' });
const [acme, own] = [stand.windows[0]!, stand.windows[1]!];

describe('a window', () => {
  it.each([
    ['a relay’s', acme, 'console'],
    ['the app’s own', own, 'app'],
  ])('%s, has a page without Node, in a sandbox, apart from its preload script', (_, window, face) => {
    expect(window.options.webPreferences).toEqual({
      partition: 'persist:pages',
      preload: '/app/preload.cjs',
      additionalArguments: [`--sluice-face=${face}`],
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
      devTools: false,
    });
  });

  it.each(['will-navigate', 'will-redirect', 'will-frame-navigate'])('stays at its origin: %s', (event) => {
    const goes = (url: string) => {
      let isPrevented = false;
      acme.webContents.emit(event, { url, preventDefault: () => (isPrevented = true) });
      return !isPrevented;
    };
    expect(goes('sluice-app://acme/console/sessions')).toBe(true);
    for (const url of [
      'https://acme.example.com/console',
      'sluice-app://other/console',
      'sluice-app://app/settings',
      'sluice-app://acme@other/console',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'data:text/html,x',
    ]) {
      expect([url, goes(url)]).toEqual([url, false]);
    }
  });

  it('has no webview, and makes no windows', () => {
    let isPrevented = false;
    acme.webContents.emit('will-attach-webview', { preventDefault: () => (isPrevented = true) });
    expect(isPrevented).toBe(true);
    for (const url of ['sluice-app://acme/console', 'https://evil.example']) {
      expect(acme.webContents.openWindow(url)).toEqual({ action: 'deny' });
    }
  });

  it('opens outside only what the app knows', () => {
    stand.opened.length = 0;
    for (const url of [
      'https://acme.example.com/console/sessions/1',
      'https://evil.example/?acme.example.com',
      'https://acme.example.com@evil.example/',
      'https://acme.example.com.evil.example/',
      'http://acme.example.com/',
      'file:///etc/passwd',
      'smb://acme.example.com/x',
      'ms-msdt:/id',
      'javascript:alert(1)',
    ]) {
      acme.webContents.openWindow(url);
    }
    expect(stand.opened).toEqual(['https://acme.example.com/console/sessions/1']);
  });

  it('that something else made goes nowhere', () => {
    const window = new stand.electron.BrowserWindow({}) as typeof acme;
    keepNowhere(window.webContents);
    expect(window.webContents.openWindow('https://acme.example.com/')).toEqual({ action: 'deny' });
    let isPrevented = false;
    window.webContents.emit('will-navigate', {
      url: 'https://evil.example',
      preventDefault: () => (isPrevented = true),
    });
    expect(isPrevented).toBe(true);
  });
});

describe('a page', () => {
  it('has no permission but to copy what a person points at, at the app’s own origins', () => {
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'display-capture',
      'openExternal',
      'fileSystem',
      'unknown',
    ]) {
      expect([permission, stand.session.requestPermission(permission, 'sluice-app://acme/console')]).toEqual([
        permission,
        false,
      ]);
      expect([permission, stand.session.checkPermission(permission, 'sluice-app://acme')]).toEqual([
        permission,
        false,
      ]);
    }
    expect(stand.session.requestPermission('clipboard-sanitized-write', 'sluice-app://acme/console')).toBe(
      true,
    );
    expect(stand.session.requestPermission('clipboard-sanitized-write', 'https://evil.example/')).toBe(false);
    expect(stand.session.mayUseDevice()).toBe(false);
  });

  it('loads nothing of the web', () => {
    for (const url of [
      'https://acme.example.com/x.js',
      'http://localhost/',
      'ws://localhost/',
      'file:///etc/passwd',
    ]) {
      expect([url, stand.session.isCancelled(url)]).toEqual([url, true]);
    }
    for (const url of ['sluice-app://acme/console', 'blob:sluice-app://acme/1']) {
      expect([url, stand.session.isCancelled(url)]).toEqual([url, false]);
    }
  });

  it('downloads only what it has made of what it was given', () => {
    expect(stand.session.isDownloadPrevented('blob:sluice-app://acme/1')).toBe(false);
    expect(stand.session.isDownloadPrevented('https://evil.example/setup.exe')).toBe(true);
  });
});

describe('the sources', () => {
  const root = join(import.meta.dirname, '..');
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.ts$|^testing\//.test(name))
    .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }));
  const having = (pattern: RegExp) =>
    sources.filter(({ text }) => pattern.test(text)).map(({ name }) => name);

  it('make windows in one place', () => {
    expect(
      having(/new (electron\.)?BrowserWindow\(|new (electron\.)?(WebContentsView|BrowserView)\(/),
    ).toEqual(['windows/open-window.ts']);
  });

  it('use Electron’s channels in one place at each end', () => {
    expect(having(/ipcMain\.(handle|on)\(/)).toEqual(['ipc/serve-calls.ts']);
    expect(having(/ipcRenderer\.(invoke|send|on)\(/)).toEqual(['ipc/make-bridge.ts']);
  });

  it('have no `remote`, no webview, and no text that becomes code or markup', () => {
    expect(
      having(
        /@electron\/remote|enableRemoteModule|<webview|executeJavaScript|dangerouslySetInnerHTML|\beval\(/,
      ),
    ).toEqual([]);
  });

  it('open the system’s programs in one place of the shell', () => {
    expect(having(/shell\.openExternal\(/).filter((name) => !name.startsWith('rooms'))).toEqual([
      'windows/open-window.ts',
    ]);
  });
});
