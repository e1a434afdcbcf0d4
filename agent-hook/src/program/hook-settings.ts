import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Environment, settingsFile } from './hook-places.ts';

/** What the hook knows of the relay. Every part may be missing: it denies without any. */
export interface HookSettings {
  /** The relay's address; null if nobody has said it. */
  readonly url: string | null;
  /** Hosts that are the relay's, in lower case. */
  readonly hosts: readonly string[];
  /** A token that runs SQL; null while nobody is signed in. */
  readonly token: string | null;
}

/**
 * From the environment that the harness runs hooks in (`SLUICE_URL`, `SLUICE_TOKEN`), and from a file for what is not there. A
 * file that cannot be read says nothing: then no host is the relay's, and more is denied rather than less.
 */
export function readSettings(env: Environment): HookSettings {
  const path = settingsFile(env);
  const file = objectIn(path);
  const url = env['SLUICE_URL'] ?? textOf(file['url']);
  const named = Array.isArray(file['hosts']) ? file['hosts'].filter((host) => typeof host === 'string') : [];
  const hosts = [...(url === null ? [] : [URL.parse(url)?.hostname ?? '']), ...named]
    .map((host) => host.toLowerCase().replace(/:\d+$/, ''))
    .filter((host) => host !== '' && !/snowflakecomputing|snowflake\.app/.test(host));
  return {
    url,
    hosts: [...new Set(hosts)],
    token: env['SLUICE_TOKEN'] ?? textOf(file['token']) ?? tokenIn(file, path),
  };
}

function tokenIn(file: Readonly<Record<string, unknown>>, path: string): string | null {
  const name = textOf(file['tokenFile']);
  if (name === null) return null;
  try {
    return readFileSync(resolve(dirname(path), name), 'utf8').trim() || null;
  } catch {
    return null;
  }
}

function objectIn(path: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(readFileSync(path, 'utf8'))) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
