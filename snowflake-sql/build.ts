import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

/**
 * `node build.ts [FOLDER]`: makes of the sources a package that could be published as it is, in `dist/` or that folder:
 * JavaScript modules, declarations, README, licence and a manifest of its own. In this repository the sources are used
 * as they are, and their manifest stays private.
 */
const here = import.meta.dirname;
const target = resolve(process.argv[2] ?? join(here, 'dist'));
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const { status } = spawnSync(
  process.execPath,
  [compiler, '--project', join(here, 'tsconfig.build.json'), '--outDir', target],
  { stdio: 'inherit' },
);
if (status !== 0) process.exit(status ?? 1);

cpSync(join(here, 'README.md'), join(target, 'README.md'));
cpSync(join(here, '../LICENSE'), join(target, 'LICENSE'));
writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);

function manifest() {
  const own = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')) as Manifest;
  const { private: _private, scripts: _scripts, devDependencies: _development, exports, ...rest } = own;
  const entries = Object.entries(exports).map(([name, source]) => {
    const built = source.replace('./src/', './').replace(/\.ts$/, '');
    return [name, { types: `${built}.d.ts`, default: `${built}.js` }] as const;
  });
  return { ...rest, sideEffects: false, exports: Object.fromEntries(entries) };
}

interface Manifest {
  readonly private: boolean;
  readonly scripts: object;
  readonly devDependencies: object;
  readonly exports: Readonly<Record<string, string>>;
}
