import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A new folder that goes when the tests of this file are over. To be called at the top of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
