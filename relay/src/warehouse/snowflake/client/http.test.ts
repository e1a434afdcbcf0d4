import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { decompressed } from './http.ts';

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
