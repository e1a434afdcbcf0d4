import { fromHex } from './bytes.ts';
import { hashOf, type Line } from './export-line.ts';
import { isIncluded, leafOf } from './merkle.ts';
import { fingerprintOf, isSignedBy, logKey, type NoteKey, readCheckpoint } from './note.ts';

/**
 * The key that a trusted key of the log hands over to: docs/recording-format.md, "An export", `handover`.
 *
 * @param log its UUID. @returns null unless all of it holds.
 */
export async function handedOverTo(
  { event, position, proof, note }: Omit<Line<'handover'>, 'kind'>,
  log: string,
  trusted: readonly NoteKey[],
): Promise<NoteKey | null> {
  const old = readCheckpoint(note);
  const body = 'body' in event && event.body.type === 'signing_key' ? event.body : null;
  const stands =
    body !== null &&
    old?.log === log &&
    event.session === log &&
    hashOf(event) === event.hash &&
    old.size === position + 1 &&
    isIncluded(leafOf(fromHex(event.hash)), position, proof.map(fromHex), old) &&
    fingerprintOf(body.publicKey) === body.key;
  if (!stands) return null;
  for (const key of trusted) if (await isSignedBy(old, key)) return await logKey(log, body.publicKey);
  return null;
}
