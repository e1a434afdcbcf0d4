import { createHash } from 'node:crypto';
import type { LiveTopic } from '@sluice/contract';
import type { Identity } from '../../../identity/index.ts';

/** Where in what is durable: after so many, the last of which bears this mark. */
export interface Place {
  readonly number: number;
  /** Letters and digits. What has come in the same place in another store, or since this one was restored, bears another. */
  readonly mark: string;
}

/** What a cursor is good for: one store, one topic, one account. */
export type CursorScope = string & { readonly __brand: 'CursorScope' };

export function scopeOf(
  log: string,
  topic: LiveTopic,
  { issuer, subject }: Pick<Identity, 'issuer' | 'subject'>,
): CursorScope {
  const of = topic.name === 'session' ? topic.session : null;
  const text = JSON.stringify([log, topic.name, of, issuer, subject]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 16) as CursorScope;
}

export function writeCursor(scope: CursorScope, { number, mark }: Place): string {
  return `${scope}.${number}.${mark}`;
}

/**
 * Null for what is no cursor, or one of another scope. Anybody can make one up: it says where to go on, and never what
 * may be seen.
 */
export function readCursor(scope: CursorScope, text: string): Place | null {
  const [ofScope, number = '', mark = '', ...rest] = text.split('.');
  const isWritten =
    ofScope === scope && rest.length === 0 && /^\d{1,15}$/.test(number) && /^\w{0,16}$/.test(mark);
  return isWritten ? { number: Number(number), mark } : null;
}
