import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** The console's files as they were built, in memory: there are few, and none is ever looked up by a path of a client's. */
export interface Pages {
  /** The page that every address of the console begins with. */
  readonly index: PageFile;
  /** By name; their names change with what is in them. */
  readonly assets: ReadonlyMap<string, PageFile>;
}

export interface PageFile {
  readonly type: string;
  /** Encoded as a client may take it, the smallest first; the last is as it is. */
  readonly bodies: readonly { readonly encoding: 'br' | 'gzip' | null; readonly bytes: Buffer }[];
  /** SHA-256, for `ETag`. */
  readonly digest: string;
}

/** @returns null where the pages have not been built. */
export function readPages(folder: string | null): Pages | null {
  if (folder === null) return null;
  const index = join(folder, 'index.html');
  if (!existsSync(index)) return null;
  const assets = join(folder, 'assets');
  const names = readdirSync(assets).filter((name) => TYPES.has(extname(name)));
  return {
    index: readPage(index),
    assets: new Map(names.map((name) => [name, readPage(join(assets, name))])),
  };
}

function readPage(path: string): PageFile {
  const bytes = readFileSync(path);
  const bodies = ENCODINGS.flatMap(({ encoding, suffix }) =>
    existsSync(path + suffix) ? [{ encoding, bytes: readFileSync(path + suffix) }] : [],
  );
  return {
    type: TYPES.get(extname(path)) ?? 'application/octet-stream',
    bodies: [...bodies, { encoding: null, bytes }],
    digest: createHash('sha256').update(bytes).digest('hex'),
  };
}

const ENCODINGS = [
  { encoding: 'br', suffix: '.br' },
  { encoding: 'gzip', suffix: '.gz' },
] as const;

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.woff2', 'font/woff2'],
]);
