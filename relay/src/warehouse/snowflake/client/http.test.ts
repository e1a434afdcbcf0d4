import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../../../../test/support/temporary-folder.ts';
import { createHttpClient, decompressed } from './http.ts';

const folder = temporaryFolder();
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

it.skipIf(!hasOpenssl)('sends nothing to a server that cannot show whose it is', async () => {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject];
  expect(spawnSync('openssl', made).status).toBe(0);
  let received = 0;
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => {
    received += 1;
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const http = createHttpClient();
  onTestFinished(async () => {
    await http.close();
    server.close();
  });
  const request = {
    method: 'POST',
    url: `https://localhost:${(server.address() as AddressInfo).port}/session/v1/login-request`,
    headers: {},
    body: 'secret',
    withinMs: 10_000,
    mostBytes: 1_000,
  } as const;
  // Not as one that is tried again.
  await expect(http.send(request, new AbortController().signal)).rejects.toMatchObject({
    name: 'SluiceError',
    message: expect.stringContaining('(DEPTH_ZERO_SELF_SIGNED_CERT)') as string,
    advice: expect.stringContaining('NODE_EXTRA_CA_CERTS') as string,
  });
  expect(received).toBe(0);
});

it('does not decompress further than is allowed', async () => {
  const bytes = Buffer.alloc(1_000_000, 'x');
  expect(await decompressed(gzipSync(bytes), 1_000_000)).toEqual(bytes);
  await expect(decompressed(gzipSync(bytes), 999_999)).rejects.toMatchObject({
    code: 'warehouse_unavailable',
  });
});

it('does not take what is compressed and not whole', async () => {
  const bytes = gzipSync(Buffer.alloc(1_000, 'x'));
  await expect(decompressed(bytes.subarray(0, -1), 1_000)).rejects.toMatchObject({ name: 'TransportError' });
});
