import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { buildApp } from '../../desktop-approver/bin/build.ts';
import { NOTICES } from '../../console/bin/third-parties.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Licences whose terms are met by passing them on. */
const PERMISSIVE: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BlueOak-1.0.0',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'ISC',
  'MIT',
  'MIT and ISC',
]);

function noticesIn(path: string) {
  const text = readFileSync(join(path, NOTICES), 'utf8');
  const named = text.matchAll(/^-{80}\n(\S+) (\S+) \((.+)\)\n-{80}$/gm);
  return { text, packages: Array.from(named, ([, name, , license]) => ({ name: name!, license: license! })) };
}

/** The packages that programs were made of, by their maps: told by nothing that writes the notices. */
function packagesByMaps(path: string): readonly string[] {
  const maps = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.map'),
  );
  expect(maps).not.toEqual([]);
  const names = maps.flatMap((map) => {
    const { sources } = JSON.parse(readFileSync(join(path, map), 'utf8')) as { readonly sources: string[] };
    return sources.flatMap((source) => {
      const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source) ?? [];
      return name === undefined || name.startsWith('@sluice/') ? [] : [name];
    });
  });
  return [...new Set(names)].toSorted();
}

describe.each([
  ['the console', join(folder, 'console'), ['react-dom', '@codemirror/view', 'apache-arrow']],
  ['the desktop app', join(folder, 'desktop'), ['react-dom', 'electron-updater', 'zod']],
] as const)('%s', (_, path, some) => {
  beforeAll(async () => {
    mkdirSync(path, { recursive: true });
    // In a test runner it is `test`, for which some libraries are larger than a page may be.
    vi.stubEnv('NODE_ENV', 'production');
    if (path.endsWith('desktop')) await buildApp(['main', 'library', 'preload', 'pages'], path, true);
    else
      await build({
        root: join(root, 'console'),
        logLevel: 'error',
        build: { outDir: path, emptyOutDir: true, sourcemap: true },
      });
  });

  it('comes with the terms of everything in it that is of others', () => {
    const { packages, text } = noticesIn(path);
    const names = packages.map(({ name }) => name);
    for (const name of some) expect(names).toContain(name);
    expect(packagesByMaps(path).filter((name) => !names.includes(name))).toEqual([]);
    expect(names.filter((name) => name.startsWith('@sluice/'))).toEqual([]);
    expect(text).toContain('Permission is hereby granted, free of charge');
  });

  it('has nothing in it that may not be passed on so', () => {
    expect(noticesIn(path).packages.filter(({ license }) => !PERMISSIVE.has(license))).toEqual([]);
  });
});
