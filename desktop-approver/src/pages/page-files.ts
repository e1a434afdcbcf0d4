import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** Pages as they were built, in memory: there are few, and none is ever looked up by a path of a page's. */
export interface PageFiles {
  /** What every address begins with. */
  readonly index: PageFile;
  /** By name. */
  readonly assets: ReadonlyMap<string, PageFile>;
}

export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** @throws when they have not been built. */
export function readPageFiles(folder: string): PageFiles {
  const assets = join(folder, 'assets');
  const names = readdirSync(assets).filter((name) => TYPES.has(extname(name)));
  return {
    index: readFile(join(folder, 'index.html')),
    assets: new Map(names.map((name) => [name, readFile(join(assets, name))])),
  };
}

function readFile(path: string): PageFile {
  return { type: TYPES.get(extname(path))!, bytes: new Uint8Array(readFileSync(path)) };
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.woff2', 'font/woff2'],
]);
