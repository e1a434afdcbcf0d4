import type { Identity } from '../identity/index.ts';
import type { SessionId } from '../session/index.ts';

/**
 * What one relay tells the others of statements, with a change: whichever has it does so. A stop is bound to whom it comes
 * from: their account, and the session, where their protocol has one.
 */
export type StatementOrder =
  | {
      readonly order: 'stop';
      readonly by: Pick<Identity, 'issuer' | 'subject'>;
      /** Null for any of theirs whose protocol has none. */
      readonly session: SessionId | null;
      readonly statement: string | null;
      readonly requestId: string | null;
    }
  /** That relay goes on with it: all others let go. */
  | { readonly order: 'moved'; readonly statement: string; readonly relay: string };

export function orderOf(key: string): StatementOrder {
  return JSON.parse(key) as StatementOrder;
}

export function keyOf(order: StatementOrder): string {
  return JSON.stringify(order);
}
