import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix, resolve } from 'node:path';

/**
 * `node build-package.ts WORKSPACE [FOLDER]`: makes of a workspace the package that ships, in its `dist/` or in that
 * folder. It holds JavaScript modules, declarations, the files that the workspace's manifest lists, a licence and a
 * manifest of its own. In this repository the sources are used as they are, and their manifests stay private.
 */
const [workspace, folder] = process.argv.slice(2);
if (workspace === undefined) throw new Error('which workspace? node build-package.ts WORKSPACE [FOLDER]');

const source = join(import.meta.dirname, workspace);
const target = resolve(folder ?? join(source, 'dist'));
const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as Manifest;
const { compilerOptions } = JSON.parse(readFileSync(join(source, 'tsconfig.build.json'), 'utf8')) as {
  readonly compilerOptions: { readonly rootDir: string };
};

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
compile();
for (const file of manifest.files ?? []) cpSync(join(source, file), join(target, file), { recursive: true });
if (existsSync(join(source, 'README.md'))) cpSync(join(source, 'README.md'), join(target, 'README.md'));
cpSync(join(import.meta.dirname, 'LICENSE'), join(target, 'LICENSE'));
writeFileSync(join(target, 'package.json'), `${JSON.stringify(published(manifest), null, 2)}\n`);

function compile(): void {
  const compiler = join(
    dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin/tsc',
  );
  const project = join(source, 'tsconfig.build.json');
  const { status } = spawnSync(process.execPath, [compiler, '--project', project, '--outDir', target], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** What is left out is for work on the workspace, or true of the whole package. */
function published(manifest: Manifest): object {
  const {
    private: _private,
    scripts: _scripts,
    files: _files,
    devDependencies: _development,
    ...rest
  } = manifest;
  const exports = Object.entries(manifest.exports).map(([name, file]) => [name, builtExport(file)] as const);
  return { ...rest, exports: Object.fromEntries(exports) };
}

function builtExport(file: string): string | { readonly types: string; readonly default: string } {
  if (!file.endsWith('.ts')) return file;
  const built = `./${posix.relative(compilerOptions.rootDir, file)}`.replace(/\.ts$/, '');
  return { types: `${built}.d.ts`, default: `${built}.js` };
}

interface Manifest {
  readonly private: boolean;
  readonly scripts?: object;
  readonly devDependencies?: object;
  /** Beside what is compiled: each is copied to the same place. */
  readonly files?: readonly string[];
  readonly exports: Readonly<Record<string, string>>;
}
