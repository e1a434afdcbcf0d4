import { readdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStageFiles, type StageFiles } from '../../files/stage-files.ts';
import type { Transfer } from '../../files/transfer-tokens.ts';
import { createTransfers, type Transfers } from './transfers.ts';

let now = 0;
let files: StageFiles;
let transfers: Transfers;
beforeEach(async () => {
  now = 0;
  files = await openStageFiles();
  transfers = createTransfers(files, () => now);
});
afterEach(() => files.close());

const recorded = async () => {};

function found<What extends Transfer['what']>(token: string, what: What): Extract<Transfer, { what: What }> {
  const transfer = transfers.find(token);
  expect(transfer?.what).toBe(what);
  return transfer as Extract<Transfer, { what: What }>;
}

it('takes a file in once it is on the record, for the person of its session', async () => {
  const token = transfers.session('ada', 'session').upload('s', 'a.csv', false);
  const seen: unknown[] = [];
  const transfer = found(token, 'upload');
  await transfer.receive(Readable.from([Buffer.from('abc')]), async (file) => {
    seen.push([file.size, files.of('ada', 's').length]);
  });
  expect(seen).toEqual([[3, 0]]);
  expect(files.of('ada', 's')).toMatchObject([{ name: 'a.csv', sources: [] }]);
  expect(files.of('grace', 's')).toEqual([]);
});

it('forgets a file that could not be recorded', async () => {
  const token = transfers.session('ada', 'session').upload('s', 'a.csv', false);
  const refused = found(token, 'upload').receive(Readable.from([Buffer.from('abc')]), async () => {
    throw new Error('the disk is full');
  });
  await expect(refused).rejects.toThrow('the disk is full');
  expect(files.of('ada', 's')).toEqual([]);
  expect(await readdir(files.directory)).toEqual([]);
});

it('gives out the file that it was given for', async () => {
  const session = transfers.session('ada', 'session');
  await found(session.upload('s', 'a.csv', false), 'upload').receive(
    Readable.from([Buffer.from('abc')]),
    recorded,
  );
  const transfer = found(session.download(files.of('ada', 's')[0]!), 'download');
  expect(await text((await transfer.ready()).open())).toBe('abc');
});

it('ends with its session, also for what is on its way; and after an hour', async () => {
  const session = transfers.session('ada', 'session');
  const other = transfers.session('ada', 'other').upload('s', 'b.csv', false);
  const token = session.upload('s', 'a.csv', false);
  const late = found(token, 'upload');
  session.close();
  expect(transfers.find(token)).toBeNull();
  await expect(late.receive(Readable.from([Buffer.from('abc')]), recorded)).rejects.toMatchObject({
    code: 'session_ended',
  });
  expect(transfers.find(other)).not.toBeNull();
  now = 3_600_001;
  expect(transfers.find(other)).toBeNull();
  expect(transfers.find('')).toBeNull();
});

it.each([
  ['a.csv', gzipSync('x'), true, 'a.csv.gz'],
  ['a.csv.gz', gzipSync('x'), true, 'a.csv.gz'],
  ['a.csv', gzipSync('x'), false, 'a.csv'],
  ['a.csv', Buffer.from('x'), true, 'a.csv'],
])('calls %s as a client that packs files itself does', async (name, content, packs, called) => {
  const transfer = found(transfers.session('ada', 'session').upload('s', name, packs), 'upload');
  expect(transfer.isThere()).toBe(false);
  await transfer.receive(Readable.from([content]), recorded);
  expect(files.of('ada', 's').map((file) => file.name)).toEqual([called]);
  expect(transfer.isThere()).toBe(true);
});

it('gives each file a token of its own, of 256 bits', () => {
  const session = transfers.session('ada', 'session');
  const tokens = Array.from({ length: 50 }, () => session.upload('s', 'a.csv', false));
  expect(new Set(tokens).size).toBe(50);
  for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
});
