import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVSIX } from '@vscode/vsce';
import manifest from '../package.json' with { type: 'json' };
import { buildExtension } from './build.ts';

/** `npm run -s package -w extension`: builds, packages what was built, and prints the path of the `.vsix`. */
const root = fileURLToPath(new URL('..', import.meta.url));

/** @param folder where what is built and packaged goes; emptied first. @returns the path of the `.vsix`. */
export async function packageExtension(folder: string = join(root, 'dist')): Promise<string> {
  const built = join(folder, 'extension');
  await buildExtension(built);
  const packagePath = join(folder, `sluice-${manifest.version}.vsix`);
  mkdirSync(folder, { recursive: true });
  await createVSIX({
    cwd: built,
    packagePath,
    // Nothing is beside what was bundled.
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
    skipLicense: false,
  });
  return packagePath;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // Only the path, for scripts: what vsce has to tell is for people.
  const { log } = console;
  console.log = console.error;
  const path = await packageExtension();
  log(path);
}
