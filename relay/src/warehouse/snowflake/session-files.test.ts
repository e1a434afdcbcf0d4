import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { afterEach, expect, it } from 'vitest';
import type { Transfer } from '../files/transfer-tokens.ts';
import type { FileToPut } from './client/upstream.ts';
import { type AccountFiles, createAccountFiles } from './session-files.ts';

const { TMPDIR } = process.env;
const opened: AccountFiles[] = [];
afterEach(async () => {
  if (TMPDIR === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = TMPDIR;
  for (const files of opened.splice(0)) await files.close();
});

/** A place that a client may send one file to, and what came to the stage. */
function upload() {
  const put: string[] = [];
  const files = createAccountFiles(Date.now);
  opened.push(files);
  const place = files.session('ada').pass(
    {
      what: 'upload',
      local: 'file:///home/ada/a.csv',
      overwrite: false,
      autoCompress: false,
      sourceCompression: 'none',
      parallel: 1,
      has: async () => false,
      async put(name: string, { path }: FileToPut) {
        put.push(`${name}: ${await readFile(path, 'utf8')}`);
      },
    },
    'session',
  );
  if (place.what !== 'upload') throw new Error('it is an upload');
  const transfer = files.find(place.token!) as Extract<Transfer, { what: 'upload' }>;
  return {
    put,
    send: async (text: string) => await transfer.receive(Readable.from([Buffer.from(text)]), async () => {}),
  };
}

it('keeps nothing of a time when there was no place for files', async () => {
  const { put, send } = upload();
  process.env['TMPDIR'] = '/nonexistent';
  await expect(send('one')).rejects.toThrow('ENOENT');
  process.env['TMPDIR'] = '/tmp';
  await send('two');
  expect(put).toEqual(['a.csv: two']);
});
