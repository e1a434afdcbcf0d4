import type { MessagePort } from 'node:worker_threads';
import type { CatalogObject, ObjectName, ResolutionContext, Understanding } from '../statement/index.ts';

/** What a thread is asked for. */
export interface Order {
  readonly sql: string;
  readonly catalogVersion: string;
  readonly context: ResolutionContext;
  /** Where the thread finds what it has asked of the catalog, once `answered` says so. */
  readonly answers: MessagePort;
  /** One 32-bit number: how many questions have been answered. */
  readonly answered: SharedArrayBuffer;
}

export type FromThread =
  | { readonly type: 'find'; readonly name: ObjectName }
  | { readonly type: 'done'; readonly meanings: readonly Understanding[] };

export interface Answer {
  readonly found: CatalogObject | undefined;
}
