import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

/** The file that says it, in whatever ships. */
export const NOTICES = 'THIRD-PARTY-NOTICES.txt';

/** What is bundled of others, with the terms that go along with it. */
export interface ThirdParties {
  /** Notes the packages of whatever a build is made of; what it leaves out in the end as well. For each build of it. */
  readonly plugin: Plugin;
  /** Beside it, in the last of the builds: writes the notices along with what is built. */
  readonly written: Plugin;
  /** Names and licences, by name. */
  list(): readonly { readonly name: string; readonly version: string; readonly license: string }[];
  /** All of them, with their licences' texts. */
  notices(): string;
}

/** @param product that contains it, as its people know it. */
export function thirdParties(product: string): ThirdParties {
  const folders = new Set<string>();
  const sorted = () =>
    [...folders]
      .map((folder) => ({ folder, ...manifestIn(folder) }))
      .toSorted(
        (one, other) => one.name.localeCompare(other.name) || one.version.localeCompare(other.version),
      );
  const notices = () =>
    [
      `${product} contains software of others, under the terms that follow.\n`,
      ...sorted().map(({ folder, name, version, license }) =>
        [RULE, `${name} ${version} (${license})`, RULE, '', termsIn(folder), ''].join('\n'),
      ),
    ].join('\n');
  return {
    plugin: {
      name: 'note-third-parties',
      generateBundle() {
        for (const id of this.getModuleIds()) {
          const folder = packageOf(id);
          if (folder !== null) folders.add(folder);
        }
      },
    },
    written: {
      name: 'write-third-parties',
      generateBundle: {
        order: 'post',
        handler() {
          this.emitFile({ type: 'asset', fileName: NOTICES, source: notices() });
        },
      },
    },
    list: () => sorted().map(({ name, version, license }) => ({ name, version, license })),
    notices,
  };
}

const RULE = '-'.repeat(80);

/** The folder of the package that a module is of; null for our own, which are links from `node_modules`, and for what is made up. */
function packageOf(id: string): string | null {
  const path = id.replace(/^\0+/, '').replace(/\?.*$/, '');
  if (!/[\\/]node_modules[\\/]/.test(path)) return null;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (/[\\/]node_modules$/.test(folder) || folder === dirname(folder)) return null;
    // Some have further manifests inside, which say of what kind its modules are.
    if (existsSync(join(folder, 'package.json')) && manifestIn(folder).name !== '') return folder;
  }
}

function manifestIn(folder: string) {
  const {
    name = '',
    version = '',
    license = 'no licence named',
  } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly name?: string;
    readonly version?: string;
    readonly license?: string;
  };
  return { name, version, license };
}

function termsIn(folder: string): string {
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)([.-].*)?$/i.test(name));
  if (files.length === 0) return 'The package brings no copy of its terms.';
  return files
    .toSorted()
    .map((name) => readFileSync(join(folder, name), 'utf8').trim())
    .join('\n\n');
}
