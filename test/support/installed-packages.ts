import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What ships, each package after those that it needs. */
export const shipped = ['contract', 'snowflake-sql', 'agent-hook', 'relay', 'demo'] as const;
export type Shipped = (typeof shipped)[number];

export interface PackageManifest {
  readonly name: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<'types' | 'default', string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

export interface InstalledPackages {
  /** Where a program would stand that uses them. */
  readonly folder: string;
  folderOf(workspace: Shipped): string;
}

/**
 * Builds, packs and unpacks these packages as npm would install them, but without a network: what else they depend on
 * is linked from this repository, and only what their manifests list.
 */
export function installPackages(workspaces: readonly Shipped[], folder: string): InstalledPackages {
  const folderOf = (workspace: Shipped) => join(folder, 'node_modules/@sluice', workspace);
  mkdirSync(join(folder, 'node_modules/@sluice'), { recursive: true });
  mkdirSync(join(folder, 'node_modules/.bin'));
  for (const workspace of workspaces) {
    unpack(workspace, join(folder, 'packed', workspace), folderOf(workspace));
    const manifest = manifestOf(folderOf(workspace));
    linkDependencies(workspace, manifest, folderOf(workspace));
    for (const [name, program] of Object.entries(manifest.bin ?? {})) {
      symlinkSync(join('../@sluice', workspace, program), join(folder, 'node_modules/.bin', name));
    }
  }
  return { folder, folderOf };
}

export function manifestOf(folder: string): PackageManifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageManifest;
}

function unpack(workspace: Shipped, work: string, target: string): void {
  const built = join(work, 'built');
  execFileSync(process.execPath, [join(root, 'build-package.ts'), workspace, built], { stdio: 'inherit' });
  execFileSync('npm', ['pack', '--silent', '--pack-destination', work], { cwd: built });
  const [archive] = readdirSync(work).filter((file) => file.endsWith('.tgz'));
  execFileSync('tar', ['-xzf', archive!], { cwd: work });
  renameSync(join(work, 'package'), target);
}

function linkDependencies(workspace: Shipped, { dependencies = {} }: PackageManifest, folder: string): void {
  for (const name of Object.keys(dependencies).filter((name) => !name.startsWith('@sluice/'))) {
    const places = [workspace, '.'].map((place) => join(root, place, 'node_modules', name));
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(
      places.find((place) => existsSync(place))!,
      link,
    );
  }
}
