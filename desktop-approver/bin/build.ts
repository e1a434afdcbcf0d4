import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIfStale } from '@sluice/console/build';
import react from '@vitejs/plugin-react';
import { build, type InlineConfig } from 'vite';
import { NOTICES, thirdParties } from '@sluice/console/third-parties';
import manifest from '../package.json' with { type: 'json' };

/**
 * `npm run -s build -w desktop-approver`: the app as Electron runs it, in `dist/`. Everything that it is made of is in these
 * files: there is no `node_modules` beside it, and nothing is loaded from elsewhere.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'dist');

/**
 * @param parts what to build; all of it, unless it is said.
 * @param to the folder that they are built into, each in one of its own, beside the terms of what they hold of others.
 * @param sourcemap whether maps are written beside them.
 */
export async function buildApp(
  parts: readonly Part[] = ['main', 'library', 'preload', 'pages'],
  to = out,
  sourcemap = false,
): Promise<void> {
  const { NODE_ENV } = process.env;
  // In a test runner it is `test`, for which React is four times as large.
  process.env['NODE_ENV'] = 'production';
  const others = thirdParties('The desktop app of Sluice');
  try {
    for (const part of parts) {
      const { plugins = [], ...rest } = CONFIGS[part];
      await build({
        ...rest,
        plugins: [...plugins, others.plugin],
        build: { ...rest.build, outDir: join(to, part), sourcemap },
      });
    }
    writeFileSync(join(to, NOTICES), others.notices());
  } finally {
    if (NODE_ENV === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = NODE_ENV;
  }
}

export type Part = 'main' | 'library' | 'preload' | 'pages';

/** Of a program for Electron: a single file, which takes nothing but Electron and Node from outside. */
function program(
  part: Exclude<Part, 'pages'>,
  {
    source = part,
    format,
    file,
  }: { readonly source?: string; readonly format: 'es' | 'cjs'; readonly file: string },
): InlineConfig {
  return {
    root,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: true,
      target: 'node24',
      emptyOutDir: true,
      minify: false,
      rolldownOptions: {
        input: join(root, `src/${source}.ts`),
        external: ['electron', ...builtinModules, ...builtinModules.map((name) => `node:${name}`)],
        output: { format, entryFileNames: file, codeSplitting: false },
      },
    },
  };
}

const CONFIGS: Readonly<Record<Part, InlineConfig>> = {
  main: program('main', { format: 'es', file: 'main.js' }),
  // A thread of the main process.
  library: program('library', {
    source: 'replays/library-thread',
    format: 'es',
    file: 'library-thread.js',
  }),
  // A preload script in a sandbox is CommonJS, and cannot load other files.
  preload: program('preload', { format: 'cjs', file: 'preload.cjs' }),
  pages: {
    root: join(root, 'src/own-pages'),
    configFile: false,
    logLevel: 'error',
    plugins: [react()],
    build: {
      emptyOutDir: true,
      target: 'chrome140',
      modulePreload: { polyfill: false },
      // A `data:` address of a script or style is what the pages' policy refuses.
      assetsInlineLimit: 0,
    },
  },
};

/** What Electron and `electron-builder` read of a package. */
function packageJson(): object {
  const { version, description, license } = manifest;
  return {
    name: 'sluice',
    productName: 'Sluice',
    version,
    description,
    license,
    author: 'The Sluice contributors',
    type: 'module',
    main: 'main/main.js',
  };
}

async function whole(): Promise<void> {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  await buildIfStale();
  await buildApp();
  const console = join(root, '../console/dist');
  mkdirSync(join(out, 'console/assets'), { recursive: true });
  for (const file of ['index.html', NOTICES]) cpSync(join(console, file), join(out, 'console', file));
  for (const name of readdirSync(join(console, 'assets'))) {
    // Compressed for networks; here they are read from the disk.
    if (!/\.(br|gz)$/.test(name)) cpSync(join(console, 'assets', name), join(out, 'console/assets', name));
  }
  cpSync(join(root, 'icons'), join(out, 'icons'), { recursive: true });
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(packageJson(), null, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await whole();
