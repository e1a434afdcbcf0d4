import ignore from 'ignore';
import { formOf, isEnvironment } from '../form.ts';

/** A name in a folder. */
export interface Entry {
  readonly name: string;
  readonly kind: 'file' | 'folder';
  /** Folders that are links are not gone into: they lead out, or around. */
  readonly isLink: boolean;
}

/** A workspace folder, on whatever it is kept. Paths are relative to it, with forward slashes; the root is the empty text. */
export interface FileTree {
  list(folder: string): Promise<readonly Entry[]>;
  /** Characters of UTF-8; null when the file is larger than that many bytes. */
  read(path: string, mostBytes: number): Promise<string | null>;
}

/** What was not looked at, by why; none of it is silent. */
export interface LeftOut {
  /** Files that are too large. */
  readonly large: number;
  /** Files and folders that could not be read. */
  readonly unreadable: number;
  /** Folders that are links. */
  readonly links: number;
  /** Folders of what others wrote, or programs made: `node_modules`, `.venv`, `target`. */
  readonly folders: number;
  /** Whether there are more files than are looked at. */
  readonly more: boolean;
}

export interface ScanParts {
  readonly tree: FileTree;
  /** Told of each file that could hold something. Keys come last, when the profiles that name them are known. */
  readonly look: (path: string, text: string) => void;
  /** Lets others go on; asked between files. */
  readonly pause: () => Promise<void>;
  readonly isCancelled: () => boolean;
  /** Names that are seen at most. */
  readonly mostFiles?: number;
}

/** Longer files are not looked at: what people write by hand is shorter. */
export const LARGEST_BYTES = 512 * 1024;
const MOST_FILES = 100_000;
/** In folders that git ignores, only so many names are looked at. */
const MOST_IGNORED = 5_000;

export interface Scanned {
  readonly left: LeftOut;
  /** Whether a file that changes is one that is looked at. */
  readonly accepts: (path: string) => boolean;
}

/** Looks at every file of a workspace folder that could hold a connection, bounded, and says what it left out. */
export async function scan(parts: ScanParts): Promise<Scanned> {
  const { tree, look, pause, isCancelled, mostFiles = MOST_FILES } = parts;
  const left = { large: 0, unreadable: 0, links: 0, folders: 0, more: false };
  const folders: { readonly path: string; readonly rules: readonly Rules[]; readonly isIgnored: boolean }[] =
    [{ path: '', rules: [], isIgnored: false }];
  const keys: string[] = [];
  const known: { readonly folder: string; readonly own: Rules }[] = [];
  let seen = 0;
  let seenIgnored = 0;
  for (let at = 0; at < folders.length; at += 1) {
    if (isCancelled()) break;
    const folder = folders[at]!;
    const entries = await tree.list(folder.path).catch(() => null);
    if (entries === null) {
      left.unreadable += 1;
      continue;
    }
    const own = await rulesOf(tree, folder.path, entries);
    if (own !== null) known.push({ folder: folder.path === '' ? '' : `${folder.path}/`, own });
    const rules = own === null ? folder.rules : [...folder.rules, own];
    for (const { name, kind, isLink } of entries) {
      seen += 1;
      if (folder.isIgnored) seenIgnored += 1;
      if (seen > mostFiles || (folder.isIgnored && seenIgnored > MOST_IGNORED)) {
        left.more = true;
        break;
      }
      const path = folder.path === '' ? name : `${folder.path}/${name}`;
      const isIgnored = folder.isIgnored || rules.some((each) => each.ignores(path, kind === 'folder'));
      if (kind === 'folder') {
        if (isLink) left.links += 1;
        else if (OTHERS.has(name)) left.folders += 1;
        else folders.push({ path, rules, isIgnored });
        continue;
      }
      const form = formOf(path);
      // What git ignores is not the person's own, but for the files that are ignored since they hold secrets.
      if (form === null || (isIgnored && !isEnvironment(name) && !KEPT_FROM_GIT.test(path))) continue;
      if (form === 'key') keys.push(path);
      else await lookAt(path);
    }
    if (seen > mostFiles) break;
  }
  for (const path of keys) await lookAt(path);
  return {
    left,
    accepts(path) {
      const folders = path.split('/').slice(0, -1);
      if (folders.some((name) => OTHERS.has(name))) return false;
      const isIgnored = known.some(({ folder, own }) => path.startsWith(folder) && own.ignores(path, false));
      return !isIgnored || isEnvironment(path.slice(path.lastIndexOf('/') + 1)) || KEPT_FROM_GIT.test(path);
    },
  };

  async function lookAt(path: string): Promise<void> {
    if (isCancelled()) return;
    const text = await tree.read(path, LARGEST_BYTES).catch(() => undefined);
    if (text === undefined) left.unreadable += 1;
    else if (text === null) left.large += 1;
    else if (!text.slice(0, 8_000).includes('\0')) look(path, text);
    await pause();
  }
}

interface Rules {
  ignores(path: string, isFolder: boolean): boolean;
}

/** What a folder's own `.gitignore` says of what is below it; null where there is none. */
async function rulesOf(tree: FileTree, folder: string, entries: readonly Entry[]): Promise<Rules | null> {
  if (!entries.some(({ name, kind }) => name === '.gitignore' && kind === 'file')) return null;
  const text = await tree
    .read(folder === '' ? '.gitignore' : `${folder}/.gitignore`, 64 * 1024)
    .catch(() => null);
  if (text === null) return null;
  const rules = ignore().add(text);
  const from = folder === '' ? 0 : folder.length + 1;
  return { ignores: (path, isFolder) => rules.ignores(`${path.slice(from)}${isFolder ? '/' : ''}`) };
}

/** What others wrote, or programs made. */
const OTHERS = new Set(
  `node_modules bower_components jspm_packages .git .hg .svn .venv venv virtualenv site-packages __pycache__ .tox .nox
  .mypy_cache .pytest_cache .ruff_cache .eggs target .gradle .m2 .terraform .terragrunt-cache .next .nuxt .svelte-kit .turbo .parcel-cache
  .yarn .pnpm-store .cache coverage .nyc_output dbt_packages dbt_modules .ipynb_checkpoints vendor Pods DerivedData`.split(
    /\s+/,
  ),
);

/** Files that are usually ignored by git because of what is in them. */
const KEPT_FROM_GIT =
  /(?:^|\/)(?:profiles\.ya?ml|connections\.toml|config\.toml|secrets\.toml|[\w.-]*\.tfvars|odbc\.ini|\.?mcp\.json|settings(?:\.local)?\.json|launch\.json|[\w.-]*secrets?[\w.-]*\.(?:json|ya?ml|properties)|docker-compose[\w.-]*\.ya?ml)$|\.snowsql\/config$|\.(?:p8|pem|key|pkcs8)$/i;
