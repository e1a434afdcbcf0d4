import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { DEFAULT_SETTINGS, type Settings, settings } from './settings-schema.ts';

export interface SettingsFile {
  now(): Settings;
  /** In one step: a computer that goes off leaves the old ones or the new ones. */
  save(settings: Settings): void;
  /** @returns what ends it. */
  onChange(listener: () => void): () => void;
  /** The file was there and could not be read: it is kept beside, and the defaults hold. */
  readonly wasDamaged: boolean;
}

export function openSettings(path: string): SettingsFile {
  const listeners = new Set<() => void>();
  const read = readSettings(path);
  let now = read ?? DEFAULT_SETTINGS;
  return {
    wasDamaged: read === null,
    now: () => now,
    save(next) {
      const valid = settings.parse(next);
      mkdirSync(dirname(path), { recursive: true });
      const file = openSync(`${path}.new`, 'w', 0o600);
      try {
        writeSync(file, `${JSON.stringify(valid, null, 2)}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(`${path}.new`, path);
      now = valid;
      for (const listener of listeners) listener();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** @returns null when there is a file that is not one of settings. */
function readSettings(path: string): Settings | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return DEFAULT_SETTINGS;
    return null;
  }
  try {
    return settings.parse(JSON.parse(text));
  } catch {
    try {
      renameSync(path, `${path}.damaged`);
    } catch {
      // It stays where it is, until settings are saved.
    }
    return null;
  }
}
