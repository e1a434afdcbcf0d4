import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { FileRead, Surroundings } from '../index.ts';
import { type Environment, homeOf } from './hook-places.ts';
import { inflated } from './inflated.ts';

/** Bytes of a file that are read: what a script runs stands at its beginning, or is imported there. */
const MOST_BYTES = 256 * 1024;
/** Files that are opened for one call. */
const MOST_FILES = 64;

/** The files of a workspace and of a person, for judging one call. Nothing of them leaves the machine. */
export function surroundingsOf(
  folder: string,
  { env, hosts }: { readonly env: Environment; readonly hosts: readonly string[] },
): Surroundings {
  const home = homeOf(env);
  const known = new Map<string, FileRead>();
  const read = (path: string): FileRead => {
    const place = path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : resolve(folder, path);
    const found =
      known.get(place) ?? (known.size < MOST_FILES ? readText(place) : { outcome: 'none' as const });
    known.set(place, found);
    return found;
  };
  const profiles = () =>
    ['~/.snowflake/connections.toml', '~/.snowflake/config.toml', '~/.config/snowflake/config.toml'].flatMap(
      (path) => {
        const file = read(path);
        return file.outcome === 'text' ? [file.text] : [];
      },
    );
  return {
    relays: hosts,
    read,
    inflated,
    connectionHost: (name) => hostOf(profiles(), name ?? env['SNOWFLAKE_DEFAULT_CONNECTION_NAME'] ?? null),
  };
}

/** Only of regular files: reading a pipe or a device could take for ever. */
function readText(path: string): FileRead {
  try {
    if (!statSync(path).isFile()) return { outcome: 'none' };
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(MOST_BYTES);
      const text = bytes.subarray(0, readSync(file, bytes, 0, MOST_BYTES, 0)).toString('utf8');
      return text.includes('\0') ? { outcome: 'none' } : { outcome: 'text', text };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return {
      outcome: code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' ? 'none' : 'refused',
    };
  }
}

/** The host, or the account's, that a connection names in a profile. */
function hostOf(profiles: readonly string[], wanted: string | null): string | null {
  for (const text of profiles) {
    const name = wanted ?? /^\s*default_connection_name\s*=\s*["']([^"']+)/m.exec(text)?.[1] ?? 'default';
    let isWanted = false;
    let account: string | null = null;
    for (const line of text.split('\n')) {
      const section = /^\s*\[+([^\]]+)\]/.exec(line)?.[1]?.replace(/["']/g, '').trim();
      if (section !== undefined) isWanted = section === name || section === `connections.${name}`;
      const [, key, value] = /^\s*(host|account)\s*=\s*["']([^"']+)/.exec(line) ?? [];
      if (!isWanted || value === undefined) continue;
      if (key === 'host') return value;
      account = `${value}.snowflakecomputing.com`;
    }
    if (account !== null) return account;
  }
  return null;
}
