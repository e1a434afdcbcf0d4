import { type ApprovalSummary, createLiveClient, createRelayClient } from '@sluice/contract';
import type { Relay, RelayEvent, RelayId, RelayState } from '../../desktop-approver/src/relays/relay.ts';
import type { RelayBook } from '../../desktop-approver/src/ports.ts';

/** A relay as the shell sees one, with a token that a test has: of a real relay, without sign-in, secrets or a device. */
export interface PlainRelay extends Relay {
  change(changes: Partial<RelayState>): void;
  emit(event: RelayEvent): void;
  readonly decided: Parameters<Relay['decide']>[0][];
  close(): void;
}

export function plainRelay(id: string, name: string, url: string, token: string): PlainRelay {
  const listeners = new Set<() => void>();
  const events = new Set<(event: RelayEvent) => void>();
  const decided: PlainRelay['decided'] = [];
  const client = createRelayClient({ url, token });
  let state: RelayState = {
    id: id as RelayId,
    url,
    name,
    connection: { type: 'connecting' },
    person: { name: 'Grace Hopper', id: 'issuer|grace', until: null, isKept: true },
    pending: [],
    device: { type: 'not_enrolled' },
    record: { key: null, kept: null },
    alarm: null,
  };
  const change = (changes: Partial<RelayState>) => {
    state = { ...state, ...changes };
    for (const listener of listeners) listener();
  };
  const live = createLiveClient({
    url,
    token,
    onState({ type }) {
      if (type === 'connected' || type === 'connecting') change({ connection: { type } });
      else {
        const error = { code: 'relay_unreachable', message: 'the relay does not answer', advice: '' };
        change({ connection: { type: 'offline', error } });
      }
    },
  });
  const known = new Set<string>();
  const take = (approval: ApprovalSummary) => {
    const others = state.pending.filter((one) => one.id !== approval.id);
    const isPending = approval.phase === 'asked';
    change({ pending: isPending ? [...others, approval] : others });
    if (!isPending || known.has(approval.id)) return;
    known.add(approval.id);
    for (const listener of events) listener({ type: 'asked', approval });
  };
  /** What waited already is no news. */
  const list = async () => {
    const { approvals } = await client.approvals.list({ query: { state: 'pending' } });
    for (const { id } of approvals) known.add(id);
    change({ pending: approvals });
  };
  live.subscribe({ name: 'approvals' }, (update) => {
    if (update.type === 'approval') take(update.approval);
    if (update.type === 'resync') void list();
  });
  return {
    id: id as RelayId,
    state: () => state,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onEvent(listener) {
      events.add(listener);
      return () => events.delete(listener);
    },
    client,
    live,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const headers = new Headers(request.headers);
      headers.set('authorization', `Bearer ${token}`);
      const { method } = request;
      const body = method === 'GET' ? {} : { body: await request.text() };
      return await fetch(`${url}${pathname}${search}`, { method, headers, ...body });
    },
    signInPlaces: async () => [{ issuer: 'https://login.example.com/', kind: 'oidc' }],
    signIn: async () => {},
    signOut: async () => change({ person: null, connection: { type: 'signed_out', because: null } }),
    async decide(decision) {
      decided.push(decision);
      const { approval, shown, ...rest } = decision;
      const body = { version: 1, binding: shown, signature: null, ...rest } as const;
      return await client.approvals.decide({ params: { id: approval }, body });
    },
    enrolDevice: async () => change({ device: { type: 'waiting', fingerprint: 'SHA256:ab12' } }),
    deviceKey: () => null,
    deviceOffer: async () => 'offer',
    vouchFor: async () => 'word',
    change,
    emit: (event) => events.forEach((listener) => listener(event)),
    decided,
    close: () => live.close(),
  };
}

export function bookOf(relays: PlainRelay[], add: (url: string) => PlainRelay): RelayBook {
  const listeners = new Set<() => void>();
  const events = new Set<(relay: RelayId, event: RelayEvent) => void>();
  const changed = () => listeners.forEach((listener) => listener());
  const watch = (relay: PlainRelay) => {
    relay.onChange(changed);
    relay.onEvent((event) => events.forEach((listener) => listener(relay.id, event)));
  };
  relays.forEach(watch);
  return {
    list: () => relays,
    get: (id) => relays.find((relay) => relay.id === id) ?? null,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onEvent(listener) {
      events.add(listener);
      return () => events.delete(listener);
    },
    async add(url) {
      const relay = add(url);
      relays.push(relay);
      watch(relay);
      changed();
      return relay;
    },
    async remove(id) {
      relays.splice(
        relays.findIndex((relay) => relay.id === id),
        1,
      );
      changed();
    },
    close: async () => relays.forEach((relay) => relay.close()),
  };
}
