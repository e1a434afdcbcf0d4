import { join } from 'node:path';
import { createLiveClient, createRelayClient, isRelayError, type LiveState } from '@sluice/contract';
import { inTurn } from '../in-turn.ts';
import { createDevice } from '../device/device.ts';
import { deviceKeys } from '../device/device-keys.ts';
import { keptSignIn, openSession, type Session, type StepUp, stepUpOf } from '@sluice/sign-in';
import { signInInBrowser } from '../sign-in/in-browser.ts';
import { secretText } from '../secrets/secret-text.ts';
import type { Standing } from '../witness/standing.ts';
import { decide } from './decide.ts';
import { type Inbox, openInbox } from './inbox.ts';
import { createLastingLive } from './lasting-live.ts';
import { pageFetch } from './page-fetch.ts';
import type { Connection, Relay, RelayEvent, RelayState } from './relay.ts';
import type { ListedRelay } from './relay-list.ts';
import type { RelaysOptions } from './relays-options.ts';
import { seenFile } from './seen-file.ts';
import { createShown } from './shown.ts';
import { type Trouble, troubleOf } from './trouble.ts';

/** A relay, with what only the app's own parts may do with it. */
export interface OpenRelay {
  readonly relay: Relay;
  /** How its record stands. */
  setStanding(standing: Witnessed): void;
  /** The computer slept: what looks connected may be dead. */
  woken(): void;
  /** Signs out, and forgets all that was kept of it. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

export type Witnessed = Pick<Standing, 'alarm' | 'key' | 'kept'>;

export interface OpenRelayOptions extends Required<RelaysOptions> {
  readonly listed: () => ListedRelay;
  readonly onIssuer: (issuer: string) => Promise<void>;
  readonly onChange: () => void;
  readonly onEvent: (event: RelayEvent) => void;
}

export async function openRelay(options: OpenRelayOptions): Promise<OpenRelay> {
  const { listed, secrets, fetch, webSocket, after, now, isOnline, confirm, folder } = options;
  const { id, url } = listed();
  const listeners = new Set<() => void>();
  const eventListeners = new Set<(event: RelayEvent) => void>();
  const shown = createShown();
  const seen = seenFile(join(folder, 'seen', `${id}.json`));
  const keys = deviceKeys(secrets, id);
  const kept = keptSignIn(secretText(secrets, `${id}.sign-in`));
  let standing: Witnessed = { alarm: null, key: null, kept: null };
  let connection: Connection = { type: 'signed_out', because: null };
  let inbox: Inbox | null = null;
  let stopLooking = () => {};
  let stepping: Promise<void> | null = null;
  /** Counts who is signed in: what was begun for somebody else is dropped. */
  let turns = 0;
  const order = inTurn();

  const changed = () => {
    for (const listener of listeners) listener();
    options.onChange();
  };
  const tell = (event: RelayEvent) => {
    for (const listener of eventListeners) listener(event);
    options.onEvent(event);
  };
  const connected = (next: Connection) => {
    connection = next;
    changed();
  };

  const token: Session['token'] = async (how) => await session.token(how);
  const client = createRelayClient({ url, token, fetch });
  const live = createLastingLive(
    (onState) => createLiveClient({ url, token, onState, after, webSocket }),
    (state) => onLive(state),
  );
  const stepUp = async (wanted: StepUp) => {
    // Two acts that want the same sign-in have one.
    stepping ??= session.stepUp(wanted).finally(() => (stepping = null));
    await stepping;
    changed();
  };
  const signedInAnew = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!isRelayError(error) || error.code !== 'sign_in_needed') throw error;
      await stepUp(stepUpOf(error.challenge) ?? { maxAge: null, acrValues: null });
      return await work();
    }
  };
  const device = createDevice({
    relay: url,
    keys,
    client,
    identity: () => session.person()?.id ?? null,
    name: options.deviceName.slice(0, 100),
    now,
    onChange: changed,
    signedInAnew,
  });

  const onLive = (state: LiveState) => {
    stopLooking();
    switch (state.type) {
      case 'connecting':
        if (connection.type !== 'offline') connected({ type: 'connecting' });
        return;
      case 'connected':
        connected({ type: 'connected' });
        inbox?.back();
        lookAtDevice();
        return;
      case 'waiting':
        inbox?.away();
        connected({ type: 'offline', error: isOnline() ? troubleOf(state.error) : NO_NETWORK });
        if (!isOnline()) waitForNetwork();
        return;
      case 'ended':
        if (state.error === null) return;
        inbox?.away();
        if (OLD_TOKEN.has(state.error.code)) void session.over(troubleOf(state.error));
        else connected({ type: 'refused', error: troubleOf(state.error) });
        return;
      default:
        state satisfies never;
    }
  };
  const waitForNetwork = () => {
    stopLooking = after(LOOK_MS, () => {
      if (isOnline()) live.client.reconnect();
      else waitForNetwork();
    });
  };
  /** Whether somebody vouched for it: no news tell of that. */
  const lookAtDevice = () => {
    void device.look().catch(() => {});
    stopLooking = after(LOOK_AT_DEVICE_MS, () => {
      if (device.state().type === 'waiting' || device.state().type === 'unknown') lookAtDevice();
    });
  };

  /** For who is signed in now, if anybody is. */
  const begin = async (because: Trouble | null) => {
    turns += 1;
    const mine = turns;
    stopLooking();
    live.end();
    shown.forget();
    device.forgetPerson();
    const before = inbox;
    inbox = null;
    const person = session.person();
    connected(person === null ? { type: 'signed_out', because } : { type: 'connecting' });
    if (because !== null) tell({ type: 'signed_out', because });
    await order(async () => {
      await before?.close();
      if (person === null || mine !== turns) return;
      const opened = await openInbox({
        person,
        client,
        live: live.client,
        seen,
        after,
        onNews: tell,
        onChange: changed,
      });
      if (mine !== turns) return await opened.close();
      inbox = opened;
      changed();
      live.begin();
    });
  };

  let ended: Trouble | null = null;
  let isOpen = false;
  const session = await openSession({
    relay: url,
    kept,
    issuer: () => listed().issuer,
    onIssuer: options.onIssuer,
    fetch,
    purpose: 'decide',
    by: signInInBrowser(options.openExternal),
    now,
    after,
    onPerson(because) {
      ended = because;
      if (isOpen) void begin(because);
    },
    onSoonOver: (until) => tell({ type: 'sign_in_soon', until: new Date(until).toISOString() }),
  });
  isOpen = true;

  const state = (): RelayState => {
    const person = session.person();
    return {
      id,
      url,
      name: listed().name ?? new URL(url).host,
      connection,
      person: person && {
        id: person.id,
        name: person.name,
        until: person.until === null ? null : new Date(person.until).toISOString(),
        isKept: secrets.problem === null,
      },
      pending: inbox?.all() ?? [],
      device: device.state(),
      record: { key: standing.key, kept: standing.kept },
      alarm: standing.alarm,
    };
  };

  const relay: Relay = {
    id,
    state,
    client,
    live: live.client,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onEvent(listener) {
      eventListeners.add(listener);
      return () => void eventListeners.delete(listener);
    },
    fetch: async (request) =>
      await pageFetch(request, {
        url,
        fetch,
        token,
        stepUp,
        shown,
        confirm: async ({ name, route, params }, body) =>
          await confirm({ type: 'route', relay: id, route: name, summary: route.summary, params, body }),
      }),
    signInPlaces: session.places,
    async signIn(issuer) {
      await session.signIn(issuer);
      // The same person, where it was given up: they are let in again, or asked anew.
      if (live.client.state().type === 'ended' && inbox !== null) await begin(null);
      else changed();
    },
    signOut: session.signOut,
    async decide(decision) {
      const confirmed = async (view: Parameters<Parameters<typeof decide>[1]['confirm']>[0]) =>
        await confirm({ type: 'approve', relay: id, view });
      const decided = await decide(decision, {
        client,
        shown,
        device,
        confirm: confirmed,
        signedInAnew,
        now,
      });
      inbox?.update(decided);
      return decided;
    },
    enrolDevice: device.enrol,
    deviceOffer: device.offer,
    vouchFor: async (offer) =>
      await device.vouchFor(
        offer,
        async (fingerprint) => await confirm({ type: 'vouch', relay: id, fingerprint }),
      ),
    deviceKey: device.enrolled,
  };

  void begin(ended);

  const close = async () => {
    turns += 1;
    stopLooking();
    live.end();
    session.close();
    await order(async () => await inbox?.close());
  };
  return {
    relay,
    setStanding(next) {
      standing = next;
      changed();
    },
    woken() {
      session.look();
      inbox?.away();
      live.client.reconnect();
    },
    async forget() {
      // What is here goes first: the issuer may be away.
      const signingOut = session.signOut();
      await close();
      await Promise.all([kept.forget(), keys.forget(), seen.forget()]);
      await signingOut;
    },
    close,
  };
}

const LOOK_MS = 5_000;
const LOOK_AT_DEVICE_MS = 30_000;

/** The relay takes no token of this sign-in any more. */
const OLD_TOKEN: ReadonlySet<string> = new Set(['token_expired', 'token_invalid', 'sign_in_needed']);

const NO_NETWORK: Trouble = {
  code: 'no_network',
  message: 'this computer is not connected to a network',
  advice: 'it is tried again as soon as it is',
};
