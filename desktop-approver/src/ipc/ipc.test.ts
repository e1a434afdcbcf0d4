import { CONSOLE_CALLS } from '@sluice/console/desktop-bridge';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TroubleError } from '../relays/trouble.ts';
import { standIn } from '../testing/electron-stand-in.ts';
import { createWindows } from '../windows/windows.ts';
import { makeBridge } from './make-bridge.ts';
import { channelOf, IPC } from './schema.ts';
import { serveCalls } from './serve-calls.ts';

const TABLE = {
  calls: {
    double: { input: z.strictObject({ of: z.number() }), output: z.number() },
    fail: { input: z.null(), output: z.null() },
    lie: { input: z.null(), output: z.number() },
  },
  news: { said: z.strictObject({ what: z.string() }) },
} as const;

function open() {
  const stand = standIn({ userData: '/nowhere' });
  const windows = createWindows({
    electron: stand.electron,
    preload: '',
    imageOf: () => null as never,
    mayClose: () => true,
    onAllClosed: () => {},
  });
  windows.show({ host: 'acme', path: '/console', title: '' });
  windows.show({ host: 'other', path: '/console', title: '' });
  const callers: string[] = [];
  serveCalls(stand.electron.ipcMain, 'app', TABLE.calls, windows.callerOf, {
    async double({ of }, { host }) {
      callers.push(host);
      return of * 2;
    },
    async fail() {
      throw new TroubleError('relay_known', 'it is known', 'look at the list');
    },
    lie: async () => 'not a number' as never,
  });
  const [acme, other] = stand.windows;
  const from = (id: number, url: string, parent: unknown = null) => ({
    sender: { id },
    senderFrame: { url, parent },
  });
  const double = (event: Parameters<typeof stand.invoke>[1], input: unknown = { of: 2 }) =>
    stand.invoke(channelOf('app', 'call', 'double'), event, input);
  return { stand, acme: acme!.webContents, other: other!.webContents, callers, from, double };
}

const REFUSED = { ok: false, error: { code: 'caller_refused' } };

describe('a call', () => {
  it('is answered to a page of a window of the app, for the relay whose page it is', async () => {
    const { double, from, acme, other, callers } = open();
    expect(await double(from(acme.id, 'sluice-app://acme/console'))).toEqual({ ok: true, value: 4 });
    expect(await double(from(other.id, 'sluice-app://other/console'))).toEqual({ ok: true, value: 4 });
    expect(callers).toEqual(['acme', 'other']);
  });

  it('is refused to a page of one relay in the window of another', async () => {
    const { double, from, acme, other, callers } = open();
    expect(await double(from(acme.id, 'sluice-app://other/console'))).toMatchObject(REFUSED);
    expect(await double(from(other.id, 'sluice-app://acme/console'))).toMatchObject(REFUSED);
    expect(callers).toEqual([]);
  });

  it.each([
    ['a frame inside of the page', 'sluice-app://acme/console', {}],
    ['a page of the web', 'https://acme.example.com/console', null],
    ['a file', 'file:///tmp/x.html', null],
    ['an empty page', 'about:blank', null],
  ])('is refused to %s', async (_, url, parent) => {
    const { double, from, acme } = open();
    expect(await double(from(acme.id, url, parent))).toMatchObject(REFUSED);
  });

  it('is refused to a frame that has gone', async () => {
    const { double, acme } = open();
    expect(await double({ sender: { id: acme.id }, senderFrame: null })).toMatchObject(REFUSED);
  });

  it('is taken only as the table has it', async () => {
    const { double, from, acme, callers } = open();
    const event = from(acme.id, 'sluice-app://acme/console');
    for (const input of [{}, { of: '2' }, { of: 2, more: 1 }, null]) {
      expect(await double(event, input)).toMatchObject({ ok: false, error: { code: 'call_malformed' } });
    }
    expect(callers).toEqual([]);
  });

  it('is answered only as the table has it, and by an error with a code and advice', async () => {
    const { stand, from, acme } = open();
    const event = from(acme.id, 'sluice-app://acme/console');
    expect(await stand.invoke(channelOf('app', 'call', 'fail'), event, null)).toEqual({
      ok: false,
      error: { code: 'relay_known', message: 'it is known', advice: 'look at the list' },
    });
    expect(await stand.invoke(channelOf('app', 'call', 'lie'), event, null)).toMatchObject({
      ok: false,
      error: { code: 'internal' },
    });
  });
});

describe('the page’s end', () => {
  const made = (answer: unknown) => {
    const sent: unknown[][] = [];
    const listeners = new Map<string, (event: unknown, news: unknown) => void>();
    const bridge = makeBridge(
      {
        async invoke(...call) {
          sent.push(call);
          return answer;
        },
        on: (channel, listener) => listeners.set(channel, listener),
        removeListener: (channel) => listeners.delete(channel),
      },
      'app',
      TABLE,
    );
    return { bridge, sent, listeners };
  };

  it('sends and takes only what the table has', async () => {
    const { bridge, sent } = made({ ok: true, value: 4 });
    expect(await bridge.call.double({ of: 2 })).toEqual({ ok: true, value: 4 });
    expect(await bridge.call.double({ of: 'x' } as never)).toMatchObject({ ok: false });
    expect(sent).toEqual([['sluice.app.call.double', { of: 2 }]]);
    expect(await made({ ok: true, value: 'four' }).bridge.call.double({ of: 2 })).toMatchObject({
      ok: false,
    });
  });

  it('tells of news as the table has them, until it is ended', () => {
    const { bridge, listeners } = made(null);
    const heard: unknown[] = [];
    const end = bridge.on.said((news) => heard.push(news));
    const tell = listeners.get('sluice.app.news.said')!;
    // A page gets what was said, and never Electron's event, by which it could ask for more.
    tell({ sender: {} }, { what: 'a' });
    tell({}, { what: 1 });
    tell({}, { what: 'b', more: 1 });
    expect(heard).toEqual([{ what: 'a' }]);
    end();
    expect(listeners.size).toBe(0);
  });

  it('has nothing but functions for the console’s calls and news', () => {
    const { bridge } = { bridge: makeBridge({} as never, 'console', IPC.console) };
    expect(Object.keys(bridge)).toEqual(['call', 'on']);
    expect(Object.keys(bridge.call)).toEqual(Object.keys(CONSOLE_CALLS));
  });
});
