import {
  createRelayClient,
  isErrorCode,
  type LiveClient,
  type LiveState,
  type LiveUpdate,
  RelayError,
} from '@sluice/contract';
import type { DesktopBridge, HostState, Outcome, Trouble } from './desktop-bridge.ts';
import type { Device, Host, Person } from './host.ts';

/** How pages reach the relay where the token is added on the way. */
export interface BridgedApi {
  readonly url: string;
  /** For programs beside the page; null where they ask the same address as the page does. */
  readonly port: (() => MessagePort) | null;
  readonly fetch: typeof fetch;
  /** Whether it exports sessions, and keeps them. */
  readonly mayExport: boolean;
}

/** Pages ask their own origin, to which the desktop app answers for the relay. */
const OWN_ORIGIN = (): BridgedApi => ({
  url: location.origin,
  port: null,
  fetch: (input, init) => fetch(input, init),
  mayExport: true,
});

/**
 * A program around the pages: the desktop app, or an editor's extension. It adds the token to what pages ask the relay; what
 * takes the token or the key itself, the bridge does.
 */
export async function desktopHost(bridge: DesktopBridge, api: BridgedApi = OWN_ORIGIN()): Promise<Host> {
  const { url, fetch, mayExport } = api;
  const listeners = new Set<() => void>();
  let state = valueOf(await bridge.call.state(null));
  let person = personOf(state);
  bridge.on.state((next) => {
    const was = person;
    state = next;
    const now = personOf(next);
    // The same object while it is the same person: whoever shows it draws anew for another.
    person = isSame(was, now) ? was : now;
    for (const listener of listeners) listener();
  });
  const onChange = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    reach: state.reach,
    url: state.url.replace(/\/$/, ''),
    stranger: createRelayClient({ url, fetch }),
    client: createRelayClient({ url, token: NO_TOKEN, fetch }),
    workerAccess: () => ({ url, token: NO_TOKEN, port: api.port?.() ?? null }),
    openLive: (onState) => liveOver(bridge, { state: () => state.connection, onChange, onState }),
    person: () => person,
    device: (): Device => state.device,
    onChange,
    async waysToSignIn() {
      const places = valueOf(await bridge.call.signInPlaces(null));
      return places.map(({ issuer }) => ({
        host: new URL(issuer).host,
        mayDecide: true,
        begin: async () => void valueOf(await bridge.call.signIn({ issuer })),
      }));
    },
    endSignIn: null,
    signOut: () => void bridge.call.signOut(null),
    mayExport,
    keep:
      mayExport && state.reach === 'relay'
        ? async (session) => void valueOf(await bridge.call.download({ session }))
        : null,
    decide: async (decision) => valueOf(await bridge.call.decide(decision)),
  };
}

/** Where programs send a token: what is around the pages puts the person's in its place. */
const NO_TOKEN = 'added-by-the-app';

function personOf({ person, hasEnded }: HostState): Person {
  if (person !== null) return { type: 'signed_in', name: person.name };
  return hasEnded ? { type: 'ended' } : { type: 'left' };
}

function isSame(left: Person, right: Person): boolean {
  return (
    left.type === right.type && !(left.type === 'signed_in' && left.name !== (right as typeof left).name)
  );
}

interface LiveParts {
  readonly state: () => HostState['connection'];
  readonly onChange: (listener: () => void) => () => void;
  readonly onState: (state: LiveState) => void;
}

/** The app's own connection, which it keeps whether or not a page is open. */
function liveOver(bridge: DesktopBridge, { state, onChange, onState }: LiveParts): LiveClient {
  const subscribed = new Map<string, (update: LiveUpdate) => void>();
  let shown = state();
  onState(liveStateOf(shown));
  const endState = onChange(() => {
    if (state() === shown) return;
    shown = state();
    onState(liveStateOf(shown));
  });
  const endNews = bridge.on.live(({ id, update }) => {
    const listener = subscribed.get(id);
    if (update.type === 'ended') {
      subscribed.delete(id);
      listener?.({ type: 'ended', error: errorOf(update.error) });
    } else listener?.(update);
  });
  const end = (id: string) => {
    if (subscribed.delete(id)) void bridge.call.unsubscribe({ id });
  };
  return {
    subscribe(topic, listener) {
      const id = crypto.randomUUID();
      subscribed.set(id, listener);
      const begin = async () => {
        const begun = await bridge.call.subscribe({ id, topic });
        if (begun.ok || !subscribed.delete(id)) return;
        listener({ type: 'ended', error: errorOf(begun.error) });
      };
      void begin();
      return { end: () => end(id) };
    },
    look: (approval) => void bridge.call.look({ approval }),
    state: () => liveStateOf(state()),
    // The app sees by itself that the computer slept.
    reconnect() {},
    close() {
      for (const id of subscribed.keys()) end(id);
      endNews();
      endState();
    },
  };
}

function liveStateOf(connection: HostState['connection']): LiveState {
  switch (connection.type) {
    case 'connecting':
    case 'connected':
      return connection;
    case 'offline':
      return { type: 'waiting', error: errorOf(connection.error), retryInMs: 0 };
    case 'refused':
      return { type: 'ended', error: errorOf(connection.error) };
    case 'signed_out':
      return { type: 'ended', error: null };
    default:
      return connection satisfies never;
  }
}

function valueOf<Value>(outcome: Outcome<Value>): Value {
  if (outcome.ok) return outcome.value;
  throw errorOf(outcome.error);
}

/** The app's own errors have codes that relays do not have; what they say is shown all the same. */
function errorOf({ code, message, advice }: Trouble): RelayError {
  const isOfClient = ['relay_unreachable', 'relay_timeout', 'answer_not_understood'].includes(code);
  const known = isOfClient || isErrorCode(code) ? code : 'internal';
  return new RelayError(known as RelayError['code'], message, { advice });
}
