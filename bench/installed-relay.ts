import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { demoPeople, startLocalIssuer } from '@sluice/demo';
import { installPackages } from '../test/support/installed-packages.ts';
import { relayPlace } from '../test/support/relay-place.ts';
import { accountConfig, POLICY } from '../test/upstream/relay.ts';

/** `sluice serve` as people install it, which is what takes the memory and the time that they see, before a scripted account. */
export async function startInstalledRelay(account: string): Promise<{
  readonly process: ChildProcess;
  readonly way: { readonly url: string; readonly token: string };
  stop(): Promise<void>;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const { folderOf } = installPackages(['contract', 'snowflake-sql', 'agent-hook', 'relay'], folder);
  const issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
  const place = await relayPlace(folder, issuer, POLICY, { warehouse: accountConfig(account) });
  const program = join(folderOf('relay'), 'bin/sluice.cjs');
  const relay = spawn(process.execPath, [program, 'serve', '--config', place.config], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for await (const line of createInterface({ input: relay.stdout })) if (line.includes('listens on')) break;
  relay.stdout.resume();
  return {
    process: relay,
    way: { url: place.url, token: await issuer.tokenFor('ada') },
    async stop() {
      const ended = once(relay, 'exit');
      relay.kill();
      await ended;
      await issuer.close();
      rmSync(folder, { recursive: true });
    },
  };
}
