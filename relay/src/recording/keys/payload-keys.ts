import { readFileSync } from 'node:fs';
import { SluiceError } from '../../errors.ts';
import type { DataKeysReader, StoredDataKey } from '../ports.ts';
import { type KeyVault, payloadKeysIn, vaultOf } from '../payloads/key-vault.ts';
import { alreadyRotated, keyFile, replaceKeyFile } from './key-file.ts';

/** A key that wraps data keys, has wrapped them, or is to. */
export interface PayloadKeyState {
  readonly id: string;
  /** When a relay took it up, ISO 8601; null for one that is not current. */
  readonly since: string | null;
  /** As with signing keys; `former` wraps nothing that is newer. */
  readonly state: 'current' | 'next' | 'former';
  /** How many of the store's data keys it wraps: without it, their payloads do not open. */
  readonly dataKeys: number;
  /** How many the store says it wraps, and no key of the file opens; 0 where that cannot be read. */
  readonly unopened: number;
  /** Null where the key file cannot be read. */
  readonly inFile: boolean | null;
  /** Whether it may be removed from the file. */
  readonly mayGo: boolean;
}

/**
 * The keys that wrap a store's data keys, in the key file's order. Which one wraps a data key is what opens it: what the store
 * says of that is believed only where no key of the file does.
 *
 * @param path of the key file; null where it cannot be read.
 */
export async function payloadKeyStates(
  store: { readonly dataKeys: DataKeysReader },
  path: string | null,
): Promise<readonly PayloadKeyState[]> {
  const keys = path === null ? new Map<string, Uint8Array>() : payloadKeysIn(path);
  const inFile = [...keys.keys()];
  const dataKeys = await Promise.all((await store.dataKeys.list()).map((each) => opened(each, keys)));
  const newest = dataKeys.at(-1);
  const wraps = (id: string) => dataKeys.filter(({ wrappedBy }) => wrappedBy === id);
  const isTakenUp = newest !== undefined && newest.wrappedBy === inFile[0];
  const allOpen = dataKeys.every(({ isOpen }) => isOpen);
  const ids = new Set([...inFile, ...dataKeys.map(({ wrappedBy }) => wrappedBy)]);
  return [...ids].map((id) => {
    const isCurrent = id === newest?.wrappedBy;
    const state = isCurrent ? 'current' : id === inFile[0] ? 'next' : 'former';
    return {
      id,
      since: isCurrent ? new Date(newest.createdAt).toISOString() : null,
      state,
      dataKeys: wraps(id).length,
      unopened: path === null ? 0 : wraps(id).filter(({ isOpen }) => !isOpen).length,
      inFile: path === null ? null : inFile.includes(id),
      mayGo: inFile.includes(id) && isTakenUp && allOpen && state === 'former' && wraps(id).length === 0,
    };
  });
}

/** By which key of the file a data key opens, whatever the store says. */
async function opened(
  { wrapped, wrappedBy, createdAt }: StoredDataKey,
  keys: ReadonlyMap<string, Uint8Array>,
): Promise<{ readonly wrappedBy: string; readonly createdAt: number; readonly isOpen: boolean }> {
  for (const [id, key] of keys) {
    const vault: Pick<KeyVault, 'unwrap'> = vaultOf(new Map([[id, key]]));
    const isOpen = await vault.unwrap(wrapped, id).then(
      () => true,
      () => false,
    );
    if (isOpen) return { wrappedBy: id, createdAt, isOpen };
  }
  return { wrappedBy, createdAt, isOpen: false };
}

/**
 * Puts a new key above the others: a relay wraps every data key with it at its next start.
 *
 * @param write false to change nothing.
 * @returns the new key's id.
 * @throws SluiceError `config_invalid` when the file has a key already that no relay has taken up, or cannot be replaced.
 */
export async function rotatePayloadKey(
  path: string,
  states: readonly PayloadKeyState[],
  {
    write,
    now,
    random,
  }: { readonly write: boolean; readonly now: number; readonly random: (bytes: number) => Uint8Array },
): Promise<string> {
  keyFile(path);
  const waiting = states.find(({ state }) => state === 'next');
  if (waiting !== undefined) throw alreadyRotated(path, waiting.id);
  const day = new Date(now).toISOString().slice(0, 10);
  const id = `key-${day}-${Buffer.from(random(4)).toString('hex')}`;
  const line = `${id} ${Buffer.from(random(32)).toString('base64')}\n`;
  if (write) await replaceKeyFile(path, line + readFileSync(path, 'utf8'));
  return id;
}

/**
 * Removes the keys that wrap nothing any more: every data key of the store opens with those that stay.
 *
 * @throws SluiceError `config_invalid` when one opens with no key of the file.
 */
export async function retirePayloadKeys(
  path: string,
  states: readonly PayloadKeyState[],
  { write }: { readonly write: boolean },
): Promise<readonly string[]> {
  keyFile(path);
  const closed = states.find(({ unopened }) => unopened > 0);
  if (closed !== undefined) throw notOpened(path, closed);
  const going = new Set(states.filter(({ mayGo }) => mayGo).map(({ id }) => id));
  const lines = readFileSync(path, 'utf8').split('\n');
  const kept = lines.filter((line) => line.trim() !== '' && !going.has(line.trim().split(/\s+/)[0]!));
  if (write && going.size > 0) await replaceKeyFile(path, kept.map((line) => `${line}\n`).join(''));
  return [...going];
}

function notOpened(path: string, { id, unopened }: PayloadKeyState): SluiceError {
  return new SluiceError(
    'config_invalid',
    `${unopened} of the store's data keys, which are said to be under \`${id}\`, open with no key of \`${path}\`: none is removed`,
    {
      advice:
        'put back the key that opens them, or, on another relay of the store, its newer file; if no file ever had one, somebody has changed the table recorded_data_key',
    },
  );
}
