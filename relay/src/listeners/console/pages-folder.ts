import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where the console's pages are built; null where its package is not installed, which a relay may go without. */
export function pagesFolder(): string | null {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('@sluice/console/package.json')), 'dist');
  } catch {
    return null;
  }
}
