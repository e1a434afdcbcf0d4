import type { ApprovalDecision, ApprovalSummary, LiveClient, LiveState, RelayClient } from '@sluice/contract';
import { createContext, use } from 'react';

/**
 * What pages need of where they run: a browser, to which the relay served them, or the desktop app, which has them from
 * its own package. Pages know no more of either.
 */
export interface Host {
  /** What can be reached: a relay, or only the sessions that were downloaded to this computer. */
  readonly reach: 'relay' | 'downloads';
  /** Where others find the same pages, for links that are copied: without a slash at its end. */
  readonly url: string;
  /** For what the relay tells everybody. */
  readonly stranger: RelayClient;
  /** As whoever has signed in. */
  readonly client: RelayClient;
  /** How programs beside the page ask the relay, as whoever has signed in. */
  workerAccess(): WorkerAccess;
  /** Live news, as whoever has signed in. It is closed by whoever opened it. */
  openLive(onState: (state: LiveState) => void): LiveClient;
  /** The same object until it changes. */
  person(): Person;
  device(): Device;
  /** Told when the person or the device has changed. @returns what ends it. */
  onChange(listener: () => void): () => void;
  /** Where people can sign in. */
  waysToSignIn(signal: AbortSignal): Promise<readonly WayToSignIn[]>;
  /**
   * Ends a sign-in that the issuer has sent the page back from. Null where no page is sent anywhere.
   *
   * @returns the page that the person was on.
   */
  readonly endSignIn: ((address: URL) => Promise<string>) | null;
  signOut(): void;
  /** Whether this sign-in may be one to export with: a token that runs SQL exports nothing, and proves nothing by that. */
  readonly mayExport: boolean;
  /** Keeps a session on this computer, to be replayed without the relay. Null where nothing is kept. */
  readonly keep: ((session: string) => Promise<void>) | null;
  /** A decision is sent once: whether it was taken when no answer comes, the request itself says. */
  decide(decision: Decision): Promise<ApprovalSummary>;
}

/** Whoever uses the pages. */
export type Person =
  /** They have only come, and have neither signed out nor been signed out. */
  | { readonly type: 'new' }
  /** `name` is what the issuer calls them, if it says. */
  | { readonly type: 'signed_in'; readonly name: string | null }
  | { readonly type: 'left' }
  /** They were signed in until their sign-in ended by itself. */
  | { readonly type: 'ended' };

/** The key that decisions are signed with where the policy wants that. */
export type Device =
  /** There is no place for one: decisions are never signed here. */
  | { readonly type: 'none' }
  | { readonly type: 'unknown' }
  /** The system has no safe place to keep it. */
  | { readonly type: 'unavailable'; readonly why: string }
  | { readonly type: 'not_enrolled' }
  /** Another person is to compare the fingerprint, and to vouch for it. */
  | { readonly type: 'waiting'; readonly fingerprint: string }
  | { readonly type: 'enrolled' }
  | { readonly type: 'revoked' };

export interface WorkerAccess {
  readonly url: string;
  readonly token: string;
  /** By which the page is asked to ask, where the program cannot; null where it can. It is handed over, and used once. */
  readonly port: MessagePort | null;
}

export interface WayToSignIn {
  /** Whose pages it leads to. */
  readonly host: string;
  readonly mayDecide: boolean;
  /** Leaves the page for the issuer's; or resolves when the person has signed in elsewhere. */
  begin(back: string): Promise<void>;
}

/** What a person decided about a request that they were shown. */
export interface Decision extends Omit<ApprovalDecision, 'version' | 'binding' | 'signature'> {
  readonly approval: string;
  /** The binding of what was shown. */
  readonly shown: string;
}

export const HostContext = createContext<Host | null>(null);

export function useHost(): Host {
  const host = use(HostContext);
  if (host === null) throw new Error('the pages are shown by nothing');
  return host;
}
