import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build, type InlineConfig } from 'vite';
import { NOTICES, type ThirdParties, thirdParties } from '@sluice/console/third-parties';
import { workersAsTexts } from './workers-as-texts.ts';
import manifest from '../package.json' with { type: 'json' };

/**
 * `npm run -s build -w extension`: the extension as an editor loads it, in `dist/`, which is all that is packaged. Everything
 * that it is made of is in these files: there is no `node_modules` beside it.
 */
const root = fileURLToPath(new URL('..', import.meta.url));

/** @param out where to; emptied first. @returns what of it is of others. */
export async function buildExtension(out: string = join(root, 'dist')): Promise<ThirdParties> {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const others = thirdParties('Sluice for VS Code');
  const { NODE_ENV } = process.env;
  // In a test runner it is `test`, for which some libraries are larger.
  process.env['NODE_ENV'] = 'production';
  try {
    for (const config of [
      program(out),
      hookProgram(join(out, 'hook')),
      ...webviews().map((page) => webview(page, join(out, 'webviews'), others)),
    ])
      await build({ ...config, plugins: [...(config.plugins ?? []), others.plugin] });
  } finally {
    if (NODE_ENV === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = NODE_ENV;
  }
  for (const file of SHIPPED) {
    const source = join(root, file);
    if (existsSync(source)) cpSync(source, join(out, basename(file)), { recursive: true });
  }
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(shippedManifest(), null, 2)}\n`);
  writeFileSync(join(out, NOTICES), others.notices());
  return others;
}

/** Beside what is bundled: files and folders that the manifest or the editor names. */
const SHIPPED = [
  'package.nls.json',
  'README.md',
  'icons',
  'walkthrough',
  'language',
  '../agent-hook/plugin',
  '../LICENSE',
  '../CHANGELOG.md',
] as const;

/** What is imported when it is first used is a file of its own: starting reads little. */
function program(out: string): InlineConfig {
  return {
    root,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: true,
      target: 'node22',
      outDir: out,
      emptyOutDir: false,
      minify: true,
      rolldownOptions: {
        // A thread's program is a file of its own.
        input: {
          extension: join(root, 'src/extension.ts'),
          'script-worker': join(root, 'src/sql/script-worker.ts'),
        },
        external: ['vscode', ...builtinModules, ...builtinModules.map((name) => `node:${name}`)],
        output: {
          format: 'cjs',
          entryFileNames: '[name].cjs',
          chunkFileNames: 'parts/[name]-[hash].cjs',
        },
      },
    },
  };
}

/** The agents' hook: started by harnesses, apart from the editor. */
function hookProgram(out: string): InlineConfig {
  const { build: how, ...rest } = program(out);
  return {
    ...rest,
    build: {
      ...how,
      rolldownOptions: {
        ...how?.rolldownOptions,
        input: join(root, 'src/hook-program.ts'),
        output: { format: 'cjs', entryFileNames: 'sluice.cjs', codeSplitting: false },
      },
    },
  };
}

/** Each folder of `src/webviews/` that has a `main.tsx` is a page: `webviews/NAME.js`, and `NAME.css` if it imports styles. */
function webviews(): readonly string[] {
  const folder = join(root, 'src/webviews');
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'main.tsx')))
    .map(({ name }) => name);
}

function webview(page: string, out: string, others: ThirdParties): InlineConfig {
  return {
    root: join(root, 'src/webviews', page),
    configFile: false,
    logLevel: 'error',
    plugins: [react(), workersAsTexts(others.plugin)],
    build: {
      outDir: out,
      emptyOutDir: false,
      target: 'chrome140',
      // A `data:` address of a script or style is what the pages' policy refuses.
      assetsInlineLimit: 0,
      cssCodeSplit: false,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: join(root, 'src/webviews', page, 'main.tsx'),
        output: {
          format: 'es',
          entryFileNames: `${page}.js`,
          assetFileNames: `${page}[extname]`,
          codeSplitting: false,
        },
      },
    },
  };
}

/** What is for work on the workspace is left out, and the name is the one that editors know it by. */
function shippedManifest(): object {
  const {
    name: _name,
    private: _private,
    type: _type,
    scripts: _scripts,
    devDependencies: _development,
    ...rest
  } = manifest;
  // Everything that was built is packaged.
  return { name: 'sluice', ...rest, files: ['**/*'] };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildExtension();
