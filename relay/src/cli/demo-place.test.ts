import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { claimPlace, type DemoPlace, findDemo, runningDemos } from './demo-place.ts';

const folder = temporaryFolder();
let roots = 0;
const newRoot = () => join(folder, `demos-${(roots += 1)}`);
const at = (port: number, startedAt = Date.UTC(2026, 10, 21, 12)): DemoPlace => {
  const people = [{ subject: 'ada', groups: ['developers'], tokens: { run: 'r', decide: 'd' } }];
  return { url: `http://127.0.0.1:${port}`, data: `/data/${port}`, startedAt, people };
};
/** The number of a process that has ended. */
const GONE = spawnSync(process.execPath, ['-e', '']).pid;

it('two demos have a place each, and the end of one is not the end of the other', () => {
  const root = newRoot();
  const first = claimPlace(root);
  first.announce(at(8765));
  expect(findDemo(undefined, undefined, root)).toMatchObject({ url: 'http://127.0.0.1:8765' });

  const second = claimPlace(root);
  expect(second.data).not.toBe(first.data);
  // While it starts, it is nobody's to find.
  expect(findDemo(undefined, undefined, root)).toMatchObject({ url: 'http://127.0.0.1:8765' });
  second.announce(at(8766, Date.UTC(2026, 10, 21, 13)));
  expect(runningDemos(root).map(({ url }) => url)).toEqual([
    'http://127.0.0.1:8765',
    'http://127.0.0.1:8766',
  ]);
  expect(findDemo('http://localhost:8766/', undefined, root)).toMatchObject({ data: '/data/8766' });

  mkdirSync(first.data);
  first.leave();
  expect(existsSync(first.data)).toBe(false);
  expect(findDemo(undefined, undefined, root)).toMatchObject({ url: 'http://127.0.0.1:8766' });
  second.leave();
  expect(readdirSync(root)).toEqual([]);
});

it('asks which one, where there are several, and says which there are', () => {
  const root = newRoot();
  expect(() => findDemo(undefined, undefined, root)).toThrow('no demo is running');
  claimPlace(root).announce(at(8765));
  expect(() => findDemo('http://127.0.0.1:9999', undefined, root)).toThrow(
    'no demo is running at `http://127.0.0.1:9999`',
  );
  const other = join(root, `${process.pid}-other`);
  mkdirSync(other);
  writeFileSync(
    join(other, 'demo.json'),
    JSON.stringify({ pid: process.pid, started: null, place: at(8766) }),
  );
  const asked = () => findDemo(undefined, undefined, root);
  expect(asked).toThrow('2 demos are running: which one is meant?');
  expect(asked).toThrow(
    expect.objectContaining({
      advice: expect.stringMatching(
        /^say --url http:\/\/127\.0\.0\.1:8765 \(since \d\d:\d\d\), or --url http:\/\/127\.0\.0\.1:8766 \(since/,
      ),
    }),
  );
  expect(() => findDemo(undefined, ({ data }) => `--data ${data}`, root)).toThrow(
    expect.objectContaining({ advice: expect.stringContaining('--data /data/8765') }),
  );
});

it.each([
  ['has ended', GONE, null],
  // The same number, given to another process since.
  ['is another one', process.pid, '1'],
])('what a demo left whose process %s is removed, data and all', (_, pid, started) => {
  const root = newRoot();
  claimPlace(root).announce(at(8765));
  const left = join(root, `${pid}-left`);
  mkdirSync(join(left, 'data'), { recursive: true });
  writeFileSync(join(left, 'data', 'sluice.db'), 'x');
  writeFileSync(join(left, 'demo.json'), JSON.stringify({ pid, started, place: at(8766) }));
  expect(runningDemos(root).map(({ url }) => url)).toEqual(['http://127.0.0.1:8765']);
  expect(existsSync(left)).toBe(process.platform !== 'linux' && started !== null);
});

it('what was left before it said anything is removed with its process', () => {
  const root = newRoot();
  claimPlace(root);
  mkdirSync(join(root, `${GONE}-half`));
  claimPlace(root);
  expect(existsSync(join(root, `${GONE}-half`))).toBe(false);
});

it('is for its user’s eyes alone, and takes no place that others could write in', () => {
  const root = newRoot();
  const place = claimPlace(root);
  place.announce(at(8765));
  const modes = [root, join(place.data, '..'), join(place.data, '..', 'demo.json')].map(
    (path) => statSync(path).mode & 0o777,
  );
  expect(modes).toEqual([0o700, 0o700, 0o600]);
  chmodSync(root, 0o777);
  expect(() => runningDemos(root)).toThrow('is not this user’s alone');
  expect(() => claimPlace(root)).toThrow('is not this user’s alone');
});
