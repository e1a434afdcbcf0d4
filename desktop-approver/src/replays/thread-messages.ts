import type { SearchPage } from '@sluice/contract';
import type { MessagePort } from 'node:worker_threads';
import type { Trouble } from '../relays/trouble.ts';
import type { Library } from './library.ts';
import type { LocalSearch } from './search-library.ts';
import type { KeepOrder } from './take-in.ts';

/** What the app asks its library for: all that is short. */
export interface LibraryCalls extends Pick<
  Library,
  | 'drop'
  | 'event'
  | 'find'
  | 'forget'
  | 'lines'
  | 'limitTo'
  | 'list'
  | 'payload'
  | 'pin'
  | 'remove'
  | 'room'
  | 'settle'
  | 'unsettled'
  | 'use'
  | 'want'
  | 'wanted'
> {
  search(query: LocalSearch): Promise<SearchPage | null>;
  /** Lists what was checked, if nothing that says more is kept. */
  keep(order: KeepOrder): ReturnType<Library['find']>;
}

/** What the thread is started with. */
export interface LibraryPlace {
  /** Of the SQLite file. */
  readonly path: string;
  /** Bytes of exports. */
  readonly limit: number;
}

/** To the thread. */
export type LibraryOrder =
  | {
      readonly type: 'call';
      readonly id: number;
      readonly name: keyof LibraryCalls;
      readonly given: readonly unknown[];
    }
  /** Answered with `Checked`. Its bytes come by the port. */
  | {
      readonly type: 'check';
      readonly id: number;
      readonly relay: string | null;
      readonly session: string | null;
      /** Milliseconds since the epoch. */
      readonly at: number;
      readonly port: MessagePort;
    }
  | { readonly type: 'close' };

/** From the thread. */
export interface LibraryAnswer {
  readonly id: number;
  readonly outcome:
    | { readonly ok: true; readonly value: unknown }
    /** Null: an error that nobody foresaw. */
    | { readonly ok: false; readonly trouble: Trouble | null; readonly message: string };
}

/** By the port of an export that is checked, to the thread. */
export type Supply =
  | { readonly type: 'known'; readonly keys: readonly string[]; readonly witnesses: readonly string[] }
  | { readonly type: 'chunk'; readonly bytes: Uint8Array }
  | { readonly type: 'end' }
  /** It comes no further, or is called off: nothing of it is kept. */
  | { readonly type: 'abort' };

/** By the port of an export that is checked, from the thread. */
export type Demand =
  /** Which keys and witnesses are known of a log. */
  | { readonly type: 'known'; readonly log: string }
  | { readonly type: 'chunk' }
  | { readonly type: 'progress'; readonly events: number; readonly bytes: number };
