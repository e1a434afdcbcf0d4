import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createVSIX } from '@vscode/vsce';
import manifest from '../package.json' with { type: 'json' };
import { buildExtension } from './build.ts';
import { packagedReadme } from './packaged-readme.ts';

/**
 * `npm run -s package -w extension [-- --pictures URL]`: builds, packages what was built, and prints the path of the `.vsix`.
 * The pictures of its README are those at the address.
 */
const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * @param folder where what is built and packaged goes; emptied first.
 * @param pictures see `packagedReadme`.
 * @returns the path of the `.vsix`.
 */
export async function packageExtension(
  folder: string = join(root, 'dist'),
  pictures: string | null = null,
): Promise<string> {
  const built = join(folder, 'extension');
  const readme = packagedReadme(readFileSync(join(root, 'README.md'), 'utf8'), pictures);
  await buildExtension(built);
  writeFileSync(join(built, 'README.md'), readme);
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
  const { values } = parseArgs({ options: { pictures: { type: 'string' } } });
  try {
    log(await packageExtension(undefined, values.pictures));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
