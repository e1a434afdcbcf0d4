import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether this package names where newer ones are announced: `electron-builder` writes the file where `SLUICE_UPDATE_URL` was set.
 *
 * @param resources of the package: Electron's `process.resourcesPath`.
 */
export function hasFeed(resources: string): boolean {
  return existsSync(join(resources, 'app-update.yml'));
}
