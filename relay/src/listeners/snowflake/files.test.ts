import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SluiceError } from '../../errors.ts';
import type { ByteRange, Transfer } from '../../warehouse/index.ts';
import { isStranger } from '../door/stranger.ts';
import { buildSnowflakeListener } from './app.ts';
import type { SnowflakeListenerDeps } from './deps.ts';
import { FILES } from './files.ts';

type Upload = Extract<Transfer, { what: 'upload' }>;
type Download = Extract<Transfer, { what: 'download' }>;

const SESSION = '6a0e3f3e-3a39-4b5e-9c0b-0a6f6f9c1a11';
const CONTENT = Buffer.from('id,name\n1,Ada\n');
const SHA256 = 'a'.repeat(64);

let app: ReturnType<typeof buildSnowflakeListener>;
let known: number;
/** By token. */
let transfers: Map<string, Transfer>;
/** What was put on the record, and what was taken in afterwards, in order. */
let happened: unknown[];
let note: () => Promise<void>;

beforeEach(() => {
  [known, transfers, happened] = [0, new Map(), []];
  note = async () => {};
  app = buildSnowflakeListener({
    sessions: { byToken: async () => Promise.reject(new SluiceError('session_unknown', 'none')) },
    files: {
      find: (token: string) => transfers.get(token) ?? null,
      async note(session: string, what: string, file: unknown) {
        await note();
        happened.push([session, what, file]);
      },
    },
    relays: { self: 'this' },
    onRefused: () => {},
    logger: pino({ level: 'silent' }),
    now: () => 0,
    options: {},
  } as unknown as SnowflakeListenerDeps);
  app.addHook('onRequest', async (request) =>
    isStranger(request, { known: () => void (known += 1), end: () => {} }),
  );
});
afterEach(() => app.close());

function uploadTo(token: string, parts: Partial<Upload> = {}): void {
  transfers.set(token, {
    what: 'upload',
    session: SESSION,
    keepsOld: false,
    isThere: () => false,
    async receive(content, recorded) {
      const bytes = await buffer(content);
      await recorded({ name: 'people.csv', size: bytes.length, sha256: SHA256 });
      happened.push(bytes.toString());
    },
    ...parts,
  });
}

function downloadOf(token: string, parts: Partial<Download> = {}): void {
  transfers.set(token, {
    what: 'download',
    session: SESSION,
    name: 'people.csv',
    ready: () => ({
      size: CONTENT.length,
      sha256: SHA256,
      open: (part?: ByteRange) =>
        Readable.from([part === undefined ? CONTENT : CONTENT.subarray(part.start, part.end + 1)]),
    }),
    ...parts,
  });
}

async function asked(
  method: 'PUT' | 'GET' | 'HEAD',
  token: string,
  headers: Record<string, string> = {},
  payload?: string | Buffer,
) {
  const url = `${FILES}/${token}`;
  const answer = await app.inject({
    method,
    url,
    headers,
    ...(payload === undefined ? {} : { payload }),
  });
  const { statusCode: status, statusMessage: says, headers: sent, body } = answer;
  return { status, says, sent, body };
}

const failing = (error: Error) => async (): Promise<never> => {
  throw error;
};

describe('a file that is sent', () => {
  it('is on the record before it is where it belongs', async () => {
    uploadTo('t');
    const { status, body } = await asked('PUT', 't', { 'content-type': 'application/json' }, CONTENT);
    expect([status, body, known]).toEqual([200, '', 1]);
    expect(happened).toEqual([
      [SESSION, 'file_received', { name: 'people.csv', size: CONTENT.length, sha256: SHA256 }],
      CONTENT.toString(),
    ]);
  });

  it('is taken as it comes, whatever its client says of its encoding', async () => {
    uploadTo('t');
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect((await asked('PUT', 't', headers, 'no JSON, and not packed')).status).toBe(200);
    expect(happened[1]).toBe('no JSON, and not packed');
  });

  it('may be empty', async () => {
    uploadTo('t');
    expect((await asked('PUT', 't', { 'content-length': '0' })).status).toBe(200);
    expect(happened[1]).toBe('');
  });

  it.each<[string, Partial<Upload>, Record<string, string>, number]>([
    ['stays out where one is that was to be kept', { keepsOld: true, isThere: async () => true }, {}, 412],
    ['goes where none is yet', { keepsOld: true, isThere: () => false }, {}, 200],
    ['replaces one', { isThere: () => true }, {}, 200],
    [
      'stays out where its driver wants to keep one',
      { isThere: () => true },
      { 'x-goog-if-generation-match': '0' },
      412,
    ],
    [
      'replaces the generation that its driver names',
      { isThere: () => true },
      { 'x-goog-if-generation-match': '7' },
      200,
    ],
  ])('%s', async (_, parts, headers, expected) => {
    uploadTo('t', parts);
    const { status } = await asked('PUT', 't', headers, CONTENT);
    expect(status).toBe(expected);
    expect(happened).toHaveLength(expected === 200 ? 2 : 0);
  });

  it.each([
    [413, 'request_too_large'],
    [503, 'record_unavailable'],
    [503, 'warehouse_unavailable'],
    [403, 'session_ended'],
  ] as const)('is refused with %i where it cannot be taken: %s', async (expected, code) => {
    uploadTo('t', { receive: failing(new SluiceError(code, 'because', { advice: '' })) });
    const { status, says, body } = await asked('PUT', 't', {}, CONTENT);
    expect([status, says]).toEqual([expected, code]);
    expect(JSON.parse(body)).toMatchObject({ success: false, message: expect.stringContaining('because') });
  });

  it('is not taken where it cannot be put on the record', async () => {
    uploadTo('t');
    note = failing(new SluiceError('record_unavailable', 'no room'));
    expect(await asked('PUT', 't', {}, CONTENT)).toMatchObject({ status: 503, says: 'record_unavailable' });
    expect(happened).toEqual([]);
  });

  it('is refused where it breaks off, without a word of what the reading failed with', async () => {
    uploadTo('t', { receive: failing(new Error('/var/lib/sluice/7: aborted')) });
    const { status, says, body } = await asked('PUT', 't', {}, CONTENT);
    expect([status, says]).toEqual([403, 'request_malformed']);
    expect(body).toContain('did not come whole');
    expect(body).not.toContain('/var/lib');
  });

  it('has no place by a token that is not good, or for getting one: its sender stays a stranger', async () => {
    expect(await asked('PUT', 'other', {}, CONTENT)).toMatchObject({
      status: 403,
      says: 'result_unavailable',
    });
    expect(known).toBe(0);
    downloadOf('t');
    const { status, body } = await asked('PUT', 't', {}, CONTENT);
    expect(status).toBe(403);
    expect(body).toContain('no longer good');
    expect(happened).toEqual([]);
  });
});

describe('a file that is got', () => {
  it('is sent whole, and was put on the record before', async () => {
    downloadOf('t');
    const { status, sent, body } = await asked('GET', 't');
    expect([status, body, known]).toEqual([200, CONTENT.toString(), 1]);
    expect(sent).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': String(CONTENT.length),
      'accept-ranges': 'bytes',
    });
    expect(happened).toEqual([
      [SESSION, 'file_sent', { name: 'people.csv', size: CONTENT.length, sha256: SHA256 }],
    ]);
  });

  it.each([
    ['bytes=3-6', 3, 6],
    ['bytes=0-0', 0, 0],
    ['bytes=8-', 8, CONTENT.length - 1],
    ['bytes=8-999', 8, CONTENT.length - 1],
    [`bytes=${CONTENT.length - 1}-`, CONTENT.length - 1, CONTENT.length - 1],
  ])('is sent in part: %s', async (range, start, end) => {
    downloadOf('t');
    const { status, sent, body } = await asked('GET', 't', { range });
    expect([status, body]).toEqual([206, CONTENT.subarray(start, end + 1).toString()]);
    expect(sent).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-range': `bytes ${start}-${end}/${CONTENT.length}`,
      'content-length': String(end - start + 1),
    });
  });

  it.each([
    `bytes=${CONTENT.length}-`,
    'bytes=6-3',
    'bytes=-5',
    'bytes=0-1,3-4',
    'xbytes=0-1',
    'bytes=0-1x',
    'rows=0-1',
    `bytes=${'1'.repeat(16)}-`,
  ])('is sent whole for what is no range of it: %s', async (range) => {
    downloadOf('t');
    const { status, sent, body } = await asked('GET', 't', { range });
    expect([status, body, sent['content-range']]).toEqual([200, CONTENT.toString(), undefined]);
  });

  it('is not sent where that cannot be put on the record, nor where it cannot be had', async () => {
    downloadOf('t');
    note = failing(new SluiceError('record_unavailable', 'no room'));
    const refused = await asked('GET', 't');
    expect(refused).toMatchObject({ status: 503, says: 'record_unavailable' });
    expect(refused.body).not.toContain('Ada');
    downloadOf('t', { ready: failing(new SluiceError('result_unavailable', 'it is gone')) });
    expect(await asked('GET', 't')).toMatchObject({ status: 403, says: 'result_unavailable' });
    expect(happened).toEqual([]);
  });

  it.each(['GET', 'HEAD'] as const)(
    'is not there by a token that is not good, or for sending one (%s)',
    async (how) => {
      expect(await asked(how, 'other')).toMatchObject({ status: 404, says: 'result_unavailable' });
      uploadTo('t');
      expect(await asked(how, 't')).toMatchObject({ status: 404, says: 'result_unavailable' });
      expect(happened).toEqual([]);
    },
  );

  it('tells how large it is, which is nothing that leaves', async () => {
    downloadOf('t');
    const { status, sent, body } = await asked('HEAD', 't');
    expect([status, body, sent['content-length'], known]).toEqual([200, '', String(CONTENT.length), 1]);
    expect(sent['accept-ranges']).toBe('bytes');
    expect(happened).toEqual([]);
    downloadOf('t', { ready: failing(new SluiceError('warehouse_unavailable', 'no answer')) });
    expect(await asked('HEAD', 't')).toMatchObject({ status: 503, says: 'warehouse_unavailable' });
  });

  it('has no token that is longer than any that was given', async () => {
    const token = 'x'.repeat(101);
    downloadOf(token);
    expect((await asked('GET', token)).status).not.toBe(200);
    downloadOf('x'.repeat(100));
    expect((await asked('GET', 'x'.repeat(100))).status).toBe(200);
  });
});
