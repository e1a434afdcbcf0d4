import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { DEMO_POLICY } from '@sluice/demo';
import { noteModules } from '../support/loaded-modules.ts';
import { ended, listening, spawnNode } from '../support/relay-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PROGRAM = fileURLToPath(new URL('../../relay/bin/sluice.ts', import.meta.url));
const folder = temporaryFolder();

it('a production relay loads nothing of the demo', async () => {
  const loaded = await loadedByServe('production', { type: 'embedded' });
  expect(loaded.filter((url) => url.includes('/fastify/'))).not.toEqual([]);
  expect(loaded.filter((url) => /\/demo\/|oidc-provider/.test(url))).toEqual([]);
});

it('a relay that is given the demo’s shop loads the shop, and nobody’s issuer', async () => {
  const loaded = await loadedByServe('with-shop', { type: 'embedded', customers: 5 });
  expect(loaded.filter((url) => url.includes('/demo/'))).toEqual([
    expect.stringMatching(/\/demo\/src\/shop\.ts$/),
  ]);
  expect(loaded.filter((url) => url.includes('oidc-provider'))).toEqual([]);
});

it('a relay before an account does not load the embedded warehouse', async () => {
  const token = { file: join(folder, 'account-token') };
  writeFileSync(token.file, 'nobody asks for it', { mode: 0o600 });
  const credential = { kind: 'accessToken', user: 'SLUICE', token };
  const place = { role: 'ANALYST', warehouse: 'WH', database: 'SHOP', schema: 'PUBLIC' };
  const account = { type: 'snowflake', account: 'a', url: 'http://127.0.0.1:9', credential, ...place };
  const isDuckDb = (url: string) => url.includes('/@duckdb/');
  expect((await loadedByServe('account', account)).filter(isDuckDb)).toEqual([]);
  // It would be seen.
  expect((await loadedByServe('embedded', { type: 'embedded' })).filter(isDuckDb)).not.toEqual([]);
});

/** What `sluice serve` has loaded by the time it has stopped. */
async function loadedByServe(name: string, warehouse: object): Promise<readonly string[]> {
  const config = join(folder, `${name}.yaml`);
  const notes = noteModules(join(folder, `${name}.modules`));
  const settings = {
    listen: { port: 0 },
    data: join(folder, name),
    policy: DEMO_POLICY,
    identity: { issuers: [{ issuer: 'https://issuer.example', audience: 'sluice' }] },
    warehouse,
  };
  writeFileSync(config, JSON.stringify(settings)); // JSON is YAML
  const args = [...notes.args, PROGRAM, 'serve', '--config', config, '--log-level', 'silent'];
  const relay = spawnNode(args, notes.env);
  await listening(relay);
  await ended(relay, 'SIGTERM');
  return notes.loaded();
}
