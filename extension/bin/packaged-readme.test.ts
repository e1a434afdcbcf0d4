import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { packagedReadme } from './packaged-readme.ts';

const folder = join(import.meta.dirname, '..');
const readme = readFileSync(join(folder, 'README.md'), 'utf8');
const picturesIn = (text: string) =>
  Array.from(text.matchAll(/!\[(.+)\]\((.+)\)/g), ([, alt, at]) => ({ alt, at: at! }));

it('has pictures that are there, each with words for those who do not see it', () => {
  const pictures = picturesIn(readme);
  expect(pictures.length).toBeGreaterThan(3);
  for (const { alt, at } of pictures) {
    expect(alt!.length).toBeGreaterThan(20);
    expect([at, existsSync(join(folder, at))]).toEqual([at, true]);
  }
});

it('has no picture in a package that knows no address for them, and all else', () => {
  const packaged = packagedReadme(readme, null);
  expect(packaged).not.toContain('![');
  expect(packaged).not.toContain('screenshots');
  expect(packaged.match(/^#.*$/gm)).toEqual(readme.match(/^#.*$/gm));
});

it.each(['https://sluice.example/pictures', 'https://sluice.example/pictures/'])('has them from %s', (at) => {
  const packaged = packagedReadme(readme, at);
  expect(picturesIn(packaged)).toEqual(
    picturesIn(readme).map(({ alt, at }) => ({
      alt,
      at: at.replace('../docs/screenshots/', 'https://sluice.example/pictures/'),
    })),
  );
});

it.each(['http://sluice.example', 'pictures', 'file:///pictures', ''])('takes no pictures from %s', (at) => {
  expect(() => packagedReadme(readme, at)).toThrow(RangeError);
});

it('explains each setting that there is', () => {
  const named = Array.from(readme.matchAll(/^\| `(sluice\.[\w.]+)`/gm), ([, name]) => name!);
  expect(named.toSorted()).toEqual(Object.keys(manifest.contributes.configuration.properties).toSorted());
});
