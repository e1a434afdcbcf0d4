import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalIssuer } from '@sluice/demo';
import { logKeyText } from '../../relay/src/cli/log-key.ts';
import { startWitness } from '../../relay/src/cli/witness.ts';
import { relayPlace } from './relay-place.ts';

/**
 * A relay that has run once, so that its log has a name; and a witness that follows it.
 *
 * @param more of the relay's configuration.
 */
export async function witnessedPlace(
  folder: string,
  issuer: LocalIssuer,
  name: string,
  more: Parameters<typeof relayPlace>[3] = {},
) {
  const data = join(folder, name);
  mkdirSync(data);
  const bare = await relayPlace(data, issuer);
  const first = await bare.start(() => {});
  const log = (await first.store.events.log())!.relaySession;
  await first.close();
  const logs = [logKeyText(log, join(data, 'signing-key.pem.pub'))];
  const start = (port = 0) =>
    startWitness({
      name: `w.example/${name}`,
      data: join(data, 'witness'),
      logs,
      host: '127.0.0.1',
      port,
      tls: null,
    });
  const witness = await start();
  const key = witness.verifierKey;
  const url = `http://127.0.0.1:${witness.port}`;
  const seen = join(data, 'seen');
  const place = await relayPlace(data, issuer, undefined, {
    witnesses: [
      { kind: 'tlog-witness', name: 'sluice', url, key },
      { kind: 'file', name: 'files', folder: seen },
    ],
    ...more,
  });
  return { data, place, witness, start, key, seen, log };
}
