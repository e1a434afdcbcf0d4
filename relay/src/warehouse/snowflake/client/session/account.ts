import type { Repeat } from '../attempts.ts';
import type { Credential } from '../credentials/credential.ts';
import type { HttpClient } from '../http.ts';
import type { ClientLimits } from '../limits.ts';

/** What all sessions of one account share. */
export interface Account {
  /** An origin. */
  readonly url: string;
  /** As drivers say it when they sign in: without region and cloud. */
  readonly name: string;
  readonly credential: Credential;
  readonly http: HttpClient;
  readonly repeat: Repeat;
  readonly limits: ClientLimits;
  /** Hosts that links to results may lead to; null for any with a name. */
  readonly resultHosts: readonly string[] | null;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds that only go forward. */
  readonly elapsed: () => number;
  /** Between 0 and 1. */
  readonly random: () => number;
  readonly newId: () => string;
  readonly onNotice: (notice: UpstreamNotice) => void;
}

/** What the people who run the relay should know. No part of it is secret, or the account's data. */
export type UpstreamNotice =
  | { readonly kind: 'left_alone' | 'back' }
  /** `code` is Snowflake's, or one of ours where the credential could not even be presented. */
  | { readonly kind: 'sign_in_refused'; readonly credential: string; readonly code: string }
  | { readonly kind: 'session_replaced' };

export function pathWith(path: string, query: Readonly<Record<string, string | null>>): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as [string, string]],
  );
  const text = new URLSearchParams(given).toString();
  return text === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${text}`;
}

/** Of every request; what it is asked by is added. */
export const COMMON_HEADERS = {
  'content-type': 'application/json',
  'accept-encoding': 'gzip',
  'user-agent': 'Sluice',
} as const;
