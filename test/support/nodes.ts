import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A Node of this machine. */
export interface InstalledNode {
  readonly path: string;
  /** 24, say. */
  readonly major: number;
}

/** The one that runs the tests, and those of the machine, which may be older. */
export const installedNodes: readonly InstalledNode[] = [
  process.execPath,
  ...(process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .map((folder) => join(folder, 'node')),
]
  .flatMap((path) => {
    const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
    const major = Number(/^v(\d+)\./.exec(stdout ?? '')?.[1]);
    return Number.isNaN(major) ? [] : [{ path: realpathSync(path), major }];
  })
  .filter(({ path }, index, all) => all.findIndex((other) => other.path === path) === index);

/** One that cannot run Sluice by itself; null where there is none. */
export const oldNode: InstalledNode | null = installedNodes.find(({ major }) => major < 24) ?? null;
