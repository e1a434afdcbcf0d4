import { readdir, readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { type FileLimits, openStageFiles, type StageFiles } from './stage-files.ts';

const LIMITS: FileLimits = { fileBytes: 100, ownerBytes: 250, allBytes: 300, ownerFiles: 3 };
const opened: StageFiles[] = [];
afterEach(async () => {
  for (const files of opened.splice(0)) await files.close();
});

async function open(limits = LIMITS): Promise<StageFiles> {
  const files = await openStageFiles(limits);
  opened.push(files);
  return files;
}

const bytes = (count: number) => Readable.from([Buffer.alloc(count, 'x')]);
const put = async (files: StageFiles, owner: string, name: string, content = bytes(10), stage = 's') =>
  await files.add(owner, stage, { ...(await files.receive(owner, content)), name, at: 0, sources: [] });

it('keeps files under names that clients have no part in, by their content', async () => {
  const files = await open();
  await put(files, 'ada', '../../etc/passwd', Readable.from([Buffer.from('a'), Buffer.from('bc')]));
  const [file] = files.of('ada', 's');
  expect(file).toMatchObject({
    name: '../../etc/passwd',
    size: 3,
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    md5: '900150983cd24fb0d6963f7d28e17f72',
  });
  expect(file!.path.startsWith(`${files.directory}/`)).toBe(true);
  expect(await readdir(files.directory)).toEqual([file!.path.slice(files.directory.length + 1)]);
  expect(await readFile(file!.path, 'utf8')).toBe('abc');
});

it('tells how a file is packed by what it begins with, in however many parts that comes', async () => {
  const files = await open();
  const packed = gzipSync('x');
  await put(files, 'ada', 'plain.gz', bytes(5));
  await put(files, 'ada', 'a', Readable.from([packed.subarray(0, 1), packed.subarray(1)]));
  expect(files.of('ada', 's').map(({ path }) => path.endsWith('.gz'))).toEqual([true, false]);
});

it('shows nobody what another person has in a stage', async () => {
  const files = await open();
  await put(files, 'ada', 'a');
  expect(files.of('grace', 's')).toEqual([]);
  await files.remove('grace', 's', ['a']);
  expect(files.of('ada', 's')).toHaveLength(1);
});

it.each([
  ['one file', [['ada', 101]], 'a file may have 100 bytes'],
  ['a person', [...Array.from({ length: 2 }, () => ['ada', 100]), ['ada', 51]], 'more room'],
  ['all', [...Array.from({ length: 2 }, () => ['ada', 100]), ['grace', 101]], ''],
  [
    'everybody together',
    [...Array.from({ length: 2 }, () => ['ada', 100]), ['grace', 99], ['eve', 2]],
    'room',
  ],
] as const)('bounds what %s may have, and leaves nothing of what was too much', async (_, sent, message) => {
  const files = await open();
  const all = sent as readonly (readonly [string, number])[];
  for (const [index, [owner, count]] of all.slice(0, -1).entries())
    await put(files, owner, `f${index}`, bytes(count));
  const [owner, count] = all.at(-1)!;
  await expect(files.receive(owner, bytes(count))).rejects.toMatchObject({
    code: 'request_too_large',
    message: expect.stringContaining(message) as string,
  });
  expect(await readdir(files.directory)).toHaveLength(all.length - 1);
  // What went is room again.
  await files.removeStage('s');
  expect(await readdir(files.directory)).toEqual([]);
  await expect(files.receive(owner, bytes(90))).resolves.toMatchObject({ size: 90 });
});

it('bounds how many files a person has in a stage; one may come in place of another', async () => {
  const files = await open();
  for (const name of ['a', 'b', 'c']) await put(files, 'ada', name);
  await expect(put(files, 'ada', 'd')).rejects.toMatchObject({ code: 'request_too_large' });
  await put(files, 'ada', 'c', bytes(20));
  expect(files.of('ada', 's').map(({ name, size }) => [name, size])).toEqual([
    ['a', 10],
    ['b', 10],
    ['c', 20],
  ]);
  expect(await readdir(files.directory)).toHaveLength(3);
});

it('leaves nothing of a file whose sender goes away', async () => {
  const files = await open();
  const leaving = Readable.from(
    (function* () {
      yield Buffer.alloc(60);
      throw new Error('gone');
    })(),
  );
  await expect(files.receive('ada', leaving)).rejects.toThrow('gone');
  expect(await readdir(files.directory)).toEqual([]);
  for (const name of ['a', 'b']) await put(files, 'ada', name, bytes(100));
});
