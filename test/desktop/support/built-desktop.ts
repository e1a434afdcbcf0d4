import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIfStale } from '@sluice/console/build';
import { buildApp } from '../../../desktop-approver/bin/build.ts';

/** The pages and the preload script as they ship. Of this test file alone: others build theirs at the same time. */
const folder = mkdtempSync(join(tmpdir(), 'sluice-desktop-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

export const BUILT = { pages: join(folder, 'pages'), preload: join(folder, 'preload/preload.cjs') };

export async function buildDesktop(): Promise<void> {
  await buildIfStale();
  await buildApp(['preload', 'pages'], folder);
}
