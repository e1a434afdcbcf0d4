import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listFiles } from '@vscode/vsce';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NOTICES, type ThirdParties } from '@sluice/console/third-parties';
import { buildExtension } from './build.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-extension-'));
const built = join(folder, 'extension');
let others: ReturnType<ThirdParties['list']>;
beforeAll(async () => {
  others = (await buildExtension(built)).list();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sizeOf = (path: string) => statSync(join(built, path)).size;
const read = (path: string) => readFileSync(join(built, path), 'utf8');

it('is what editors need, and nothing of the workspace that it was made in', async () => {
  const files = await listFiles({ cwd: built, packageManager: 0 });
  const expected =
    /^(package(\.nls)?\.json|README\.md|CHANGELOG\.md|LICENSE|THIRD-PARTY-NOTICES\.txt|extension\.cjs|script-worker\.cjs|hook\/sluice\.cjs|parts\/[\w-]+\.cjs|webviews\/[\w-]+\.(js|css|ttf|woff2)|icons\/[\w-]+\.(png|svg)|walkthrough\/[\w-]+\.(md|svg|png)|plugin\/.+\.(md|json)|language\/[\w.-]+\.json)$/;
  expect(files.map((file) => file.replaceAll('\\', '/')).filter((file) => !expected.test(file))).toEqual([]);
  const manifest = JSON.parse(read('package.json')) as Record<string, unknown>;
  expect(manifest).toMatchObject({ name: 'sluice', publisher: 'sluice', license: 'Apache-2.0' });
  for (const own of ['private', 'scripts', 'dependencies', 'devDependencies', 'type'])
    expect(manifest).not.toHaveProperty(own);
});

it('is less than a megabyte that editors run, and little of it is read to start', () => {
  const parts = readdirSync(join(built, 'parts')).map((name) => sizeOf(`parts/${name}`));
  const whole = sizeOf('extension.cjs') + parts.reduce((sum, size) => sum + size, 0);
  expect(whole).toBeLessThan(1_000_000);
  expect(sizeOf('extension.cjs')).toBeLessThan(150_000);
});

it('has read little by the time that it is active', () => {
  // What the time to activate it is made of: nothing of the parser, the contract, the tools or the finder.
  const program = fileURLToPath(new URL('testing/activate.cjs', import.meta.url));
  const { read } = JSON.parse(execFileSync(process.execPath, [program, built], { encoding: 'utf8' })) as {
    readonly read: readonly { readonly path: string; readonly bytes: number }[];
  };
  expect(
    read.map(({ path }) => path.replace(/-[\w-]{8}(?=\.cjs$)/, '').replaceAll('\\', '/')).sort(),
  ).toEqual(['extension.cjs', 'parts/rolldown-runtime.cjs', 'parts/words.cjs']);
  expect(read.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(60_000);
});

it('takes nothing from elsewhere', () => {
  const programs = ['extension.cjs', ...readdirSync(join(built, 'parts')).map((name) => `parts/${name}`)];
  const asked = programs.flatMap((file) =>
    Array.from(read(file).matchAll(/require\((["'`])([^"'`]+)\1\)/g), ([, , name]) => name!),
  );
  expect(asked.filter((name) => !/^(vscode|node:[\w/]+|\.{1,2}\/.+\.cjs)$/.test(name))).toEqual([]);
  expect(asked).toContain('vscode');
});

it('has a text for every key of its manifest, and no text that nothing names', () => {
  const named = Array.from(read('package.json').matchAll(/"%([^%"]+)%"/g), ([, key]) => key!);
  const texts = Object.keys(JSON.parse(read('package.nls.json')) as object);
  expect([...new Set(named)].sort()).toEqual(texts.sort());
});

it('names no file that is not there', () => {
  const manifest = JSON.parse(read('package.json')) as {
    readonly main: string;
    readonly icon: string;
    readonly contributes: {
      readonly walkthroughs: { readonly steps: { readonly media: { readonly markdown: string } }[] }[];
    };
  };
  const media = manifest.contributes.walkthroughs.flatMap(({ steps }) =>
    steps.map(({ media }) => media.markdown),
  );
  for (const file of [manifest.main, manifest.icon, ...media]) expect(sizeOf(file)).toBeGreaterThan(0);
});

it('names whose software it contains, each under terms that let it be passed on, with their text', () => {
  const names = others.map(({ name }) => name);
  // Of the program, of a page, and of what a page loads for its work.
  for (const one of ['zod', 'react-dom', '@codemirror/view', '@vscode-elements/elements'])
    expect(names).toContain(one);
  expect(names.filter((name) => name.startsWith('@sluice/'))).toEqual([]);
  expect(others.filter(({ license }) => !PERMISSIVE.has(license))).toEqual([]);
  const notices = read(NOTICES);
  for (const { name, version, license } of others)
    expect(notices).toContain(`\n${name} ${version} (${license})\n`);
  expect(notices).toContain('Permission is hereby granted, free of charge');
});

const PERMISSIVE: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'ISC',
  'MIT',
  'MIT and ISC',
]);
