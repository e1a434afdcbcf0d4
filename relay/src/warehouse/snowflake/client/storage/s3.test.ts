import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { type FileRequest, type HttpClient } from '../http.ts';
import { s3Storage } from './s3.ts';

/** A storage that has nothing, and what it was asked. */
function storage(place: { readonly host?: string | null; readonly prefix?: string } = {}) {
  const asked: FileRequest[] = [];
  const http: HttpClient = {
    send: async () => await Promise.reject(new Error('no file')),
    async transfer(request) {
      asked.push(request);
      return { status: 404, headers: {}, body: Readable.from([]), drop: () => {} };
    },
    close: async () => {},
  };
  const credentials = { accessKeyId: 'id', secretAccessKey: 'storage-secret', sessionToken: 'token' };
  const stage = {
    bucket: 'bucket',
    prefix: 'stage/',
    region: 'eu-west-1',
    host: null,
    isEncrypted: true,
    credentials,
    ...place,
  };
  const own = s3Storage(stage, {
    http,
    limits: { partIdleMs: 1_000, pauseMs: { first: 1, longest: 1 } },
    terms: { account: 'https://account.example.com', hosts: null },
    now: () => 1_700_000_000_000,
  });
  return { asked, has: async (name: string) => await own.has(name, new AbortController().signal) };
}

it('is asked by https at its own host, with a signature and without the secret', async () => {
  const { asked, has } = storage();
  expect(await has("a b/ü'.csv")).toBe(false);
  const [request] = asked;
  expect(request!.url).toBe('https://s3.eu-west-1.amazonaws.com/bucket/stage/a%20b/%C3%BC%27.csv');
  expect(request!.headers['authorization']).toMatch(
    /^AWS4-HMAC-SHA256 Credential=id\/20231114\/eu-west-1\/s3\//,
  );
  expect(JSON.stringify(asked)).not.toContain('storage-secret');
});

it.each(['10.0.0.1', '169.254.169.254', '127.0.0.1:9000', 'localhost', 'internal'])(
  'is never asked at %s, whatever the account says',
  async (host) => {
    const { asked, has } = storage({ host });
    await expect(has('a.csv')).rejects.toMatchObject({ code: 'warehouse_unavailable' });
    expect(asked).toEqual([]);
  },
);

it.each(['../../other/a.csv', 'x/../../../other', './a.csv'])(
  'is never asked for a name that leads elsewhere: %s',
  async (name) => {
    const { asked, has } = storage();
    await expect(has(name)).rejects.toMatchObject({ code: 'warehouse_unavailable' });
    expect(asked).toEqual([]);
  },
);
