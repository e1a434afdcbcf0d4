import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { BUILT } from './support/built-desktop.ts';
import type { StandIn, StandInWindow } from '../../desktop-approver/src/testing/electron-stand-in.ts';

/**
 * The app's windows in a real Chromium: each window that the app makes is a page of it, which is served by the app's real
 * handler, has the real preload script, and calls the app's real end of the calls. What stands for Electron is the way in between: an
 * origin `sluice-app://RELAY` is `http://RELAY.localhost:PORT`, which Chromium takes for as secure.
 */
export interface DesktopInBrowser {
  /** To be given to the stand-in. */
  readonly onLoad: (window: StandInWindow, url: string) => void;
  attach(stand: StandIn): void;
  /** The page of a window whose address has this host, once there is one. */
  pageOf(host: string): Promise<DesktopPage>;
  /** Where Chromium finds an address of the app. */
  addressOf(url: string): string;
  close(): Promise<void>;
}

export interface DesktopPage {
  readonly page: Page;
  readonly window: StandInWindow;
  /** Errors and warnings of the browser's console, and of the page's program. */
  readonly problems: readonly string[];
  readonly origins: ReadonlySet<string>;
}

export async function desktopInBrowser(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<DesktopInBrowser> {
  const preload = readFileSync(BUILT.preload, 'utf8');
  const pages = new Map<StandInWindow, Promise<DesktopPage>>();
  const loads: Promise<unknown>[] = [];
  const context = await browser.newContext(options);
  let stand: StandIn | null = null;
  let isClosing = false;
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const url = appUrl(`http://${incoming.headers.host}${incoming.url}`);
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers)) {
      if (!HOP.has(name)) headers.set(name, name === 'origin' ? appUrl(value as string) : (value as string));
    }
    const hasBody = incoming.method !== 'GET' && incoming.method !== 'HEAD';
    const body = hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' } : {};
    const request = new Request(url, { method: incoming.method!, headers, ...body } as RequestInit);
    const handler = stand?.session.handled.get('sluice-app');
    const given = await (handler?.(request) ?? new Response('', { status: 503 }));
    outgoing.writeHead(given.status, Object.fromEntries(given.headers));
    if (given.body === null) outgoing.end();
    else Readable.fromWeb(given.body as never).pipe(outgoing);
  };

  const appUrl = (url: string) => url.replace(/^http:\/\/([a-z0-9]+)\.localhost:\d+/, 'sluice-app://$1');
  const addressOf = (url: string) =>
    url.replace(/^sluice-app:\/\/([a-z0-9]+)/, `http://$1.localhost:${port}`);

  const open = async (window: StandInWindow): Promise<DesktopPage> => {
    const page = await context.newPage();
    const problems: string[] = [];
    const origins = new Set<string>();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('request', (request) => origins.add(new URL(request.url()).origin));
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame() && frame.url() !== 'about:blank') window.url = appUrl(frame.url());
    });
    await page.exposeBinding('__invoke', async ({ frame }, channel: string, input: unknown) => {
      const senderFrame = { url: appUrl(frame.url()), parent: frame.parentFrame() };
      return await stand!.invoke(channel, { sender: { id: window.webContents.id }, senderFrame }, input);
    });
    await page.addInitScript(inWorldOfPreload(preload, window.options.webPreferences!.additionalArguments!));
    window.webContents.onSend = (channel, news) => {
      page
        .evaluate(
          ([to, what]) => (globalThis as unknown as Delivering).__deliver?.(to as string, what),
          [channel, news],
        )
        // A page that is on its way elsewhere is told there.
        .catch(() => {});
    };
    window.on('closed', () => void page.close());
    return { page, window, problems, origins };
  };
  return {
    addressOf,
    attach: (given) => void (stand = given),
    onLoad(window, url) {
      if (isClosing) return;
      const opened = pages.get(window) ?? open(window);
      pages.set(window, opened);
      loads.push(opened.then(({ page }) => page.goto(addressOf(url)).catch(() => {})));
    },
    async pageOf(host) {
      const of = ([window]: [StandInWindow, unknown]) =>
        !window.isGone && window.url.startsWith(`sluice-app://${host}/`);
      const end = Date.now() + 60_000;
      while (![...pages].some(of)) {
        if (Date.now() > end) throw new Error(`there is no window of ${host}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return await [...pages].find(of)![1];
    },
    async close() {
      isClosing = true;
      // A page that is being opened, or is on its way, while its context closes is never there, and the context never gone.
      await Promise.allSettled(loads);
      await context.close();
      const isClosed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await isClosed;
    },
  };
}

const HOP: ReadonlySet<string> = new Set([
  'connection',
  'host',
  'transfer-encoding',
  'keep-alive',
  'content-length',
]);

interface Delivering {
  readonly __deliver?: (channel: string, news: unknown) => void;
}

/** What a sandboxed preload script finds around it (Electron: "Process Sandboxing", preload scripts). */
function inWorldOfPreload(script: string, argv: readonly string[]): string {
  return `(() => {
    const listeners = new Map();
    const electron = {
      contextBridge: { exposeInMainWorld: (name, api) => Object.defineProperty(globalThis, name, { value: api }) },
      ipcRenderer: {
        invoke: (channel, input) => globalThis.__invoke(channel, input),
        on: (channel, listener) => listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
        removeListener: (channel, listener) =>
          listeners.set(channel, (listeners.get(channel) ?? []).filter((one) => one !== listener)),
      },
    };
    globalThis.__deliver = (channel, news) => {
      for (const listener of listeners.get(channel) ?? []) listener({}, news);
    };
    const require = (name) => {
      if (name === 'electron') return electron;
      throw new Error('a sandboxed preload script cannot load ' + name);
    };
    const process = { argv: ${JSON.stringify(['electron', ...argv])}, env: {}, type: 'renderer', sandboxed: true };
    const module = { exports: {} };
    (function (require, process, module, exports) {
      ${script}
    })(require, process, module, module.exports);
  })();`;
}
