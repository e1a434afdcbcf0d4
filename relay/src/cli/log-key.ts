import { readFileSync } from 'node:fs';
import { NOTE_ALGORITHM, noteKeyId, originOf, rawKey, readPublicKeys } from '../recording/index.ts';

/** A log's keys as verifier keys of https://c2sp.org/signed-note, one a line. */
export function logKeyText(log: string, file: string): string {
  const origin = originOf(log);
  const keys = readPublicKeys(readFileSync(file, 'utf8')).map((key) => {
    const bytes = Buffer.concat([Buffer.of(NOTE_ALGORITHM.ed25519), rawKey(key)]);
    return `${origin}+${noteKeyId(origin, NOTE_ALGORITHM.ed25519, key)}+${bytes.toString('base64')}`;
  });
  return keys.join('\n');
}
