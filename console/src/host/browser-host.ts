import { createLiveClient, createRelayClient } from '@sluice/contract';
import { beginSignIn, endSignIn, hasBegun } from '../sign-in/sign-in.ts';
import { forgetTokens, keptTokens } from '../sign-in/tokens.ts';
import type { Host, Person } from './host.ts';

/** A browser: the relay that served the pages, and a token for this tab alone, which its pages and workers send along. */
export function browserHost(): Host {
  const url = location.origin;
  const listeners = new Set<() => void>();
  let person: Person = personNow();
  const become = (next: Person) => {
    person = next;
    for (const listener of listeners) listener();
  };
  /** Looked up for each request. It cannot be renewed without the person: what needed it fails, and they are told. */
  const token = ({ renew }: { readonly renew: boolean }): string => {
    const kept = keptTokens();
    if (kept !== null && !renew) return kept.token;
    if (person.type === 'signed_in') become({ type: 'ended' });
    return kept?.token ?? 'ended';
  };
  const stranger = createRelayClient({ url });
  const client = createRelayClient({ url, token });
  return {
    reach: 'relay',
    url,
    stranger,
    client,
    workerAccess: () => ({ url, token: keptTokens()?.token ?? 'ended', port: null }),
    openLive: (onState) => createLiveClient({ url, token, onState }),
    person: () => person,
    device: () => NONE,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async waysToSignIn(signal) {
      const { places } = await stranger.about.signIn({}, { signal });
      return places.map((place) => ({
        host: new URL(place.issuer).host,
        mayDecide: place.deciding !== null,
        begin: (back) => beginSignIn(place, back),
      }));
    },
    async endSignIn(address) {
      const back = await endSignIn(address);
      become(personNow());
      return back;
    },
    signOut() {
      forgetTokens();
      become({ type: 'left' });
    },
    mayExport: true,
    keep: null,
    decide({ approval, shown, ...decision }) {
      const body = { version: 1, binding: shown, signature: null, ...decision } as const;
      return client.approvals.decide({ params: { id: approval }, body });
    },
  };
}

const NONE = { type: 'none' } as const;

function personNow(): Person {
  const kept = keptTokens();
  if (kept !== null) return { type: 'signed_in', name: kept.name };
  // Whoever has come back from the issuer without having signed in has been asked already.
  return hasBegun() ? { type: 'left' } : { type: 'new' };
}
