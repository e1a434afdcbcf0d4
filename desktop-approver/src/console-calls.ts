import type { CONSOLE_CALLS, HostState } from '@sluice/console/desktop-bridge';
import type { LiveSubscription, LiveUpdate } from '@sluice/contract';
import type { Handlers } from './ipc/serve-calls.ts';
import { DOWNLOADS_HOST } from './pages/addresses.ts';
import type { Downloads, RelayBook } from './ports.ts';
import type { Relay, RelayId, RelayState } from './relays/relay.ts';
import { TroubleError, troubleOf } from './relays/trouble.ts';
import type { WindowCaller, Windows } from './windows/windows.ts';

/** A page subscribes to a few topics; one that is out of hand does not take the app with it. */
const MOST_SUBSCRIPTIONS = 32;

/** What the app does for the console's pages: for the relay whose page calls, whatever the page says. */
export function consoleCalls(
  relays: RelayBook,
  windows: Windows,
  downloads: Pick<Downloads, 'download'>,
): Handlers<typeof CONSOLE_CALLS, WindowCaller> {
  const subscribed = new Map<number, Map<string, LiveSubscription>>();
  /** Pages that may have said what they look at, with the hosts of their relays. */
  const looking = new Map<number, string>();
  windows.onGone((contents) => {
    const host = looking.get(contents);
    if (host !== undefined) relays.get(host as RelayId)?.live.look(null);
    looking.delete(contents);
    for (const subscription of subscribed.get(contents)?.values() ?? []) subscription.end();
    subscribed.delete(contents);
  });
  const relayOf = ({ host }: WindowCaller): Relay => {
    const relay = relays.get(host as RelayId);
    if (relay === null) throw new Error('downloaded sessions have no relay');
    return relay;
  };
  return {
    state: async (_, { host }) => {
      const relay = relays.get(host as RelayId);
      return relay === null ? DOWNLOADS : hostStateOf(relay.state());
    },
    signInPlaces: async (_, caller) =>
      (await relayOf(caller).signInPlaces()).map(({ issuer }) => ({ issuer })),
    async signIn({ issuer }, caller) {
      await relayOf(caller).signIn(issuer);
      return null;
    },
    async signOut(_, caller) {
      await relayOf(caller).signOut();
      return null;
    },
    async decide(decision, caller) {
      // What is agreed to is what is being read: in the window that has the focus, on that request's own page.
      const isRead =
        caller.path === `/console/approvals/${decision.approval}` &&
        caller.window.isVisible() &&
        caller.window.isFocused();
      if (decision.verdict === 'approve' && !isRead) {
        throw new TroubleError('never_shown', 'a request is approved where it is read', 'open it first');
      }
      return await relayOf(caller).decide(decision);
    },
    async download({ session }, caller) {
      await downloads.download(relayOf(caller), session);
      return null;
    },
    async subscribe({ id, topic }, caller) {
      const { host, contents } = caller;
      const own = subscribed.get(contents) ?? new Map<string, LiveSubscription>();
      subscribed.set(contents, own);
      if (host === DOWNLOADS_HOST) return null;
      if (own.has(id) || own.size >= MOST_SUBSCRIPTIONS) throw new Error('too many subscriptions');
      const tell = (update: LiveUpdate) => {
        if (update.type === 'ended') own.delete(id);
        windows.tell(host, 'console', 'live', { id, update: told(update) });
      };
      own.set(id, relayOf(caller).live.subscribe(topic, tell));
      return null;
    },
    async look({ approval }, caller) {
      looking.set(caller.contents, caller.host);
      relays.get(caller.host as RelayId)?.live.look(approval);
      return null;
    },
    async unsubscribe({ id }, { contents }) {
      subscribed.get(contents)?.get(id)?.end();
      subscribed.get(contents)?.delete(id);
      return null;
    },
  };
}

/** Errors do not pass between the worlds. */
function told(update: LiveUpdate): object {
  return update.type === 'ended' ? { type: 'ended', error: plain(troubleOf(update.error)) } : update;
}

/** What a page is told of its relay. */
export function hostStateOf({ url, person, connection, device }: RelayState): HostState {
  return {
    reach: 'relay',
    url,
    person: person === null ? null : { name: person.name },
    hasEnded: connection.type === 'signed_out' && connection.because !== null,
    connection:
      'error' in connection
        ? { type: connection.type, error: plain(connection.error) }
        : { type: connection.type },
    device: deviceOf(device),
  };
}

function deviceOf(device: RelayState['device']): HostState['device'] {
  switch (device.type) {
    case 'unavailable':
      return { type: device.type, why: device.why };
    case 'waiting':
      return { type: device.type, fingerprint: device.fingerprint };
    default:
      return { type: device.type };
  }
}

function plain({ code, message, advice }: HostStateError): HostStateError {
  return { code, message, advice };
}

interface HostStateError {
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}

const DOWNLOADS: HostState = {
  reach: 'downloads',
  url: '',
  person: { name: null },
  hasEnded: false,
  connection: { type: 'connected' },
  device: { type: 'none' },
};
