import type { Outcome } from '@sluice/console/desktop-bridge';
import {
  CONSOLE_CALLS,
  type DesktopBridge,
  type HostState,
  type LiveNews,
} from '@sluice/console/desktop-bridge';
import { desktopHost } from '@sluice/console/desktop-host';
import { fetchOver, type MessageEnd, serveFetch } from '@sluice/console/fetch-port';
import { portEnd } from '@sluice/console/worker-fetch';
import { type FromReplay, type ToReplay, toReplay } from '../../replay/messages.ts';
import { connectHost } from '../host.ts';

type Open = Extract<ToReplay, { type: 'open' }>;

/** What pages name in place of the relay's address, which the extension knows: only the path of it is sent. */
const RELAY = 'https://relay.invalid';

/** The console's host in a webview: everything goes by messages to the extension, which has the token. */
export async function openReplayHost() {
  const editor = connectHost<unknown>();
  const end: MessageEnd = { post: editor.send, listen: editor.onMessage };
  const tell = (message: FromReplay) => editor.send(message);
  const waiting = new Map<number, (outcome: Outcome<never>) => void>();
  const states = new Set<(state: HostState) => void>();
  const lives = new Set<(news: LiveNews) => void>();
  let calls = 0;
  const opened = new Promise<Open>((resolve) => {
    editor.onMessage((message) => {
      const told = toReplay.safeParse(message);
      if (!told.success) return;
      const { data } = told;
      if (data.type === 'open') resolve(data);
      else if (data.type === 'state') for (const listener of states) listener(data.news);
      else if (data.type === 'live') for (const listener of lives) listener(data.news);
      else {
        waiting.get(data.id)?.(data.outcome as Outcome<never>);
        waiting.delete(data.id);
      }
    });
  });
  const names = Object.keys(CONSOLE_CALLS) as (keyof typeof CONSOLE_CALLS)[];
  const call = names.map((name) => [
    name,
    async (given: unknown): Promise<Outcome<unknown>> => {
      const input = CONSOLE_CALLS[name].input.parse(given);
      const answered = await new Promise<Outcome<unknown>>((resolve) => {
        calls += 1;
        waiting.set(calls, resolve);
        tell({ type: 'call', id: calls, name, input });
      });
      return answered.ok ? { ok: true, value: CONSOLE_CALLS[name].output.parse(answered.value) } : answered;
    },
  ]);
  const bridge: DesktopBridge = {
    call: Object.fromEntries(call) as DesktopBridge['call'],
    on: { state: listening(states), live: listening(lives) },
  };
  tell({ type: 'ready' });
  const open = await opened;
  const ask = fetchOver(end);
  const host = await desktopHost(bridge, {
    url: RELAY,
    fetch: ask,
    mayExport: false,
    port() {
      const { port1, port2 } = new MessageChannel();
      serveFetch(portEnd(port1), async ({ method, path, headers, body, signal }) => {
        return await ask(`${RELAY}${path}`, { method, headers, signal, ...(body === null ? {} : { body }) });
      });
      return port2;
    },
  });
  const kept = editor.kept();
  return {
    host,
    open,
    leave: (path: string) => tell({ type: 'leave', path }),
    keptAt: typeof kept === 'number' ? kept : null,
    keepAt: (at: number) => editor.keep(at),
  };
}

function listening<News>(listeners: Set<(news: News) => void>) {
  return (listener: (news: News) => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
}
