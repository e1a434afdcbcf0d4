import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { inTurn } from '../in-turn.ts';
import { type OpenRelay, openRelay, type Witnessed } from './open-relay.ts';
import type { Relay, RelayEvent, RelayId } from './relay.ts';
import { checkRelay, relayAddress } from '@sluice/sign-in';
import { type ListedRelay, openRelayList } from './relay-list.ts';
import type { RelaysOptions } from './relays-options.ts';
import { TroubleError } from './trouble.ts';

/** The relays that the app was told of, side by side: what becomes of one holds up no other. */
export interface Relays {
  list(): readonly Relay[];
  get(id: string): Relay | null;
  /** Of the list, or of any relay's state. @returns what ends it. */
  onChange(listener: () => void): () => void;
  /** @returns what ends it. */
  onEvent(listener: (id: RelayId, event: RelayEvent) => void): () => void;
  /** Where the list was laid aside since it could not be read; null when it could. */
  readonly laidAside: string | null;
  /**
   * Sees whether a relay is there before it is listed.
   *
   * @throws TroubleError `address_refused`, `relay_known`; RelayError when none is there that this app can talk with.
   */
  add(url: string, name?: string): Promise<Relay>;
  /** @param name empty: its host. @throws TroubleError `relay_not_listed`. */
  rename(id: RelayId, name: string): Promise<void>;
  /** Signs out, and forgets its secrets, this device's key there among them. */
  remove(id: RelayId): Promise<void>;
  /** What the witness has found. */
  setStanding(id: RelayId, standing: Witnessed): void;
  close(): Promise<void>;
}

/** Those of the last time. Resolves without waiting for any of them. */
export async function createRelays(given: RelaysOptions): Promise<Relays> {
  const options = withDefaults(given);
  const list = await openRelayList(join(options.folder, 'relays.json'));
  const open = new Map<RelayId, OpenRelay>();
  const listeners = new Set<() => void>();
  const eventListeners = new Set<(id: RelayId, event: RelayEvent) => void>();
  const turn = inTurn();

  const changed = () => {
    for (const listener of listeners) listener();
  };
  const begin = async (relay: ListedRelay) => {
    const { id } = relay;
    const opened = await openRelay({
      ...options,
      listed: () => list.all().find((one) => one.id === id) ?? relay,
      onIssuer: async (issuer) => await list.change(id, { issuer }),
      onChange: changed,
      onEvent: (event) => {
        for (const listener of eventListeners) listener(id, event);
      },
    });
    open.set(id, opened);
    return opened.relay;
  };
  const found = (id: RelayId): OpenRelay => {
    const one = open.get(id);
    if (one === undefined) throw new TroubleError('relay_not_listed', 'there is no such relay here');
    return one;
  };
  const onResume = () => {
    for (const one of open.values()) one.woken();
  };

  await Promise.all(list.all().map(begin));
  options.powerMonitor.on('resume', onResume);

  return {
    list: () => list.all().flatMap(({ id }) => open.get(id)?.relay ?? []),
    get: (id) => open.get(id as RelayId)?.relay ?? null,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onEvent(listener) {
      eventListeners.add(listener);
      return () => void eventListeners.delete(listener);
    },
    laidAside: list.laidAside,
    add: async (typed, name = '') =>
      await turn(async () => {
        const url = relayAddress(typed);
        if (list.all().some((relay) => relay.url === url)) {
          throw new TroubleError('relay_known', 'this relay is in your list already');
        }
        await checkRelay(url, options);
        const relay = { id: options.newId() as RelayId, url, name: named(name), issuer: null };
        await list.add(relay);
        const added = await begin(relay);
        changed();
        return added;
      }),
    async rename(id, name) {
      found(id);
      await list.change(id, { name: named(name) });
      changed();
    },
    async remove(id) {
      const one = found(id);
      await list.remove(id);
      open.delete(id);
      changed();
      await one.forget();
    },
    setStanding: (id, standing) => open.get(id)?.setStanding(standing),
    async close() {
      options.powerMonitor.off('resume', onResume);
      await Promise.all([...open.values()].map((one) => one.close()));
    },
  };
}

function named(name: string): string | null {
  return name.trim().slice(0, 100) || null;
}

function withDefaults(given: RelaysOptions): Required<RelaysOptions> {
  return {
    fetch: globalThis.fetch,
    webSocket: (url) => new WebSocket(url),
    now: Date.now,
    newId: () => `r${randomBytes(6).toString('hex')}`,
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    ...given,
  };
}
