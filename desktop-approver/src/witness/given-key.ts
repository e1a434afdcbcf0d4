import { logKey } from '@sluice/record-proof';
import { TroubleError } from '../relays/trouble.ts';
import type { KeptLog } from './memory.ts';

/**
 * The public key of a record as somebody was given it: the file `log.pub`, or the base64 in it.
 *
 * @returns SPKI, base64. @throws TroubleError `key_malformed`.
 */
export async function readGivenKey(given: string): Promise<string> {
  const spki = given.replaceAll(/-----[^-]+-----|\s/g, '');
  if ((await logKey('', spki)) !== null) return spki;
  throw new TroubleError(
    'key_malformed',
    'this is no public key of a log',
    'paste all of it, as it stands in the file `log.pub`: from BEGIN PUBLIC KEY to END PUBLIC KEY',
  );
}

/** What is known of a log, with the key noted as one that somebody was given; null when the log is known to have none such. */
export function withGivenKey(log: KeptLog, spki: string): KeptLog | null {
  if (!log.keys.some((key) => key.spki === spki)) return null;
  return { ...log, keys: log.keys.map((key) => (key.spki === spki ? { ...key, how: 'pasted' } : key)) };
}
