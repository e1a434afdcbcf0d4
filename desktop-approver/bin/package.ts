import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packaging } from '../packaging.ts';

/**
 * `npm run -s package -w desktop-approver`: packages what `build` has built, for this system, or as `electron-builder`'s own
 * arguments say. It is not among the dependencies: it is large, and only whoever makes packages needs it. Its
 * release is this one; npm fetches it the first time.
 */
const BUILDER = 'electron-builder@26.17.0';
const root = fileURLToPath(new URL('..', import.meta.url));

if (!existsSync(join(root, 'dist/package.json'))) {
  throw new Error('there is nothing to package: run `npm run build -w desktop-approver` first');
}
const config = join(root, 'packages/electron-builder.json');
mkdirSync(join(root, 'packages'), { recursive: true });
writeFileSync(config, `${JSON.stringify(packaging(process.env), null, 2)}\n`);
const [npm, args] = ['npm', ['exec', '--yes', `--package=${BUILDER}`, '--', 'electron-builder']];
const given = ['--projectDir', root, '--config', config, '--publish', 'never', ...process.argv.slice(2)];
const { status } = spawnSync(npm, [...args, ...given], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
process.exitCode = status ?? 1;
