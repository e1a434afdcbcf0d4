import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { conversation } from './conversation.ts';
import { startScriptedRelay } from './scripted-relay.ts';

const run = promisify(execFile);
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

it.skipIf(!hasOpenssl)('the Node driver works over https with a certificate of a private CA', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-tls-'));
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', key, '-out', cert];
  await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...subject, ...files]);
  const tls = { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
  const relay = await startScriptedRelay(conversation().run, { options: { tls } });
  try {
    const program = fileURLToPath(new URL('https-client.ts', import.meta.url));
    const { stdout } = await run(process.execPath, [program, String(relay.port)], {
      timeout: 50_000,
      env: { ...process.env, NODE_EXTRA_CA_CERTS: cert, NO_PROXY: 'localhost' },
    });
    // The chunks came over https too: their links name the scheme and host that the relay is configured with.
    expect(JSON.parse(stdout)).toEqual({ rows: 200_000, last: { N: 199_999, T: 'row 199999' } });
  } finally {
    await relay.close();
    await rm(directory, { recursive: true, force: true });
  }
});
