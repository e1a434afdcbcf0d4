import { join } from 'node:path';
import { readCheckpoint } from '@sluice/record-proof';
import type { RelayId } from '../relays/relay.ts';
import { writePrivateFile } from '../secrets/private-file.ts';
import type { WitnessAlarm } from './alarm.ts';

/**
 * Keeps what contradicts itself as files for those who look into it: `sluice verify kept.checkpoint shown.checkpoint --key KEY --proof
 * proof` compares the two.
 *
 * @param signer the key that signs the kept one: SPKI, base64; null when none is known.
 * @returns the folder that they are in.
 */
export async function keepEvidence(
  folder: string,
  relay: RelayId,
  { at, why, kept, shown, proof }: WitnessAlarm,
  signer: string | null,
): Promise<string> {
  const place = join(folder, `${relay}-${at.replaceAll(/[^0-9TZ]/g, '')}-${why}`);
  const sizes = [kept, shown].map((note) => readCheckpoint(note)?.size ?? 0);
  const [from, to] = [Math.min(...sizes), Math.max(...sizes)];
  const hashes = proof.map((hash) => `${Buffer.from(hash, 'hex').toString('base64')}\n`).join('');
  const files = {
    'kept.checkpoint': kept,
    'shown.checkpoint': shown,
    proof: proof.length === 0 ? '' : `consistency ${from} ${to}\n${hashes}`,
    'log.pub': signer === null ? '' : pem(signer),
  };
  for (const [name, text] of Object.entries(files)) {
    if (text !== '') await writePrivateFile(join(place, name), text);
  }
  return place;
}

function pem(spki: string): string {
  return `-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----\n`;
}
