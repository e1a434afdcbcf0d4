import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Transfer } from '../files/transfer-tokens.ts';
import type { StageTransfer } from './client/upstream.ts';
import { type AccountFiles, createAccountFiles, type SessionFiles } from './session-files.ts';

let files: AccountFiles;
let session: SessionFiles;
let stored: string[];
beforeEach(() => {
  files = createAccountFiles(() => 0);
  session = files.session('ada');
  stored = [];
});
afterEach(() => files.close());

function uploadOf(local = '/d/a.csv') {
  const transfer: StageTransfer = {
    what: 'upload',
    local,
    overwrite: false,
    autoCompress: false,
    sourceCompression: 'auto_detect',
    parallel: 1,
    has: async (name) => stored.includes(name),
    put: async (name) => void stored.push(name),
  };
  const passing = session.pass(transfer, 'session');
  if (passing.what !== 'upload') throw new Error('no upload');
  return passing;
}

function found(token: string | null): Extract<Transfer, { what: 'upload' }> {
  const transfer = files.find(token ?? '');
  if (transfer?.what !== 'upload') throw new Error('no place');
  return transfer;
}

const content = () => Readable.from([Buffer.from('abc')]);

it('a file is stored when it is on the record, and not otherwise', async () => {
  const { token } = uploadOf();
  await expect(
    found(token).receive(content(), async () => await Promise.reject(new Error('the disk is full'))),
  ).rejects.toThrow('the disk is full');
  expect(stored).toEqual([]);
  const noted: unknown[] = [];
  await found(token).receive(content(), async (file) => void noted.push({ ...file, stored: [...stored] }));
  expect(noted).toMatchObject([{ name: 'a.csv', size: 3, stored: [] }]);
  expect(stored).toEqual(['a.csv']);
  expect(found(token)).toMatchObject({ keepsOld: true });
  expect(await found(token).isThere()).toBe(true);
});

it('nothing is stored for a session that has ended, and no place of it is good', async () => {
  const { token } = uploadOf();
  const late = found(token);
  session.close();
  expect(files.find(token!)).toBeNull();
  await expect(late.receive(content(), async () => {})).rejects.toMatchObject({ code: 'session_ended' });
  expect(stored).toEqual([]);
});

it('only files that are sent have a place', () => {
  const { place } = uploadOf('/d/*.csv');
  expect(place('b.csv')).not.toBeNull();
  for (const name of ['b.json', '../b.csv', "x' @other.csv", 'b.csv.gz']) expect(place(name)).toBeNull();
});
