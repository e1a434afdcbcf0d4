import { chownSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SluiceError } from '../errors.ts';
import {
  fingerprint,
  headFile,
  type PayloadKeyState,
  payloadKeyStates,
  readPublicKeys,
  type SignedHead,
  type SigningKeyState,
  signingKeyStates,
} from '../recording/index.ts';
import { tryLock } from '../store/index.ts';
import type { StorePlace } from './commands/store-options.ts';
import { isReadable } from './may-access.ts';
import { readingStore } from './open-record.ts';

export interface KeyStates {
  readonly signing: readonly SigningKeyState[];
  readonly payload: readonly PayloadKeyState[];
  /** Key files that are not there, or cannot be read. */
  readonly unread: readonly string[];
}

/** The keys of a relay by its store and its files, whether it runs or not. */
export async function readKeyStates(place: StorePlace): Promise<KeyStates> {
  const { signingKey, payloadKey } = place.files;
  return await readingStore(place, async (store) => {
    const head = await readHead(place);
    return {
      signing: await signingKeyStates(store, { path: readableOrNull(signingKey), head }),
      payload: await payloadKeyStates(store, readableOrNull(payloadKey)),
      unread: [signingKey, payloadKey].filter((path) => !isReadable(path)),
    };
  });
}

export function readableOrNull(path: string): string | null {
  return isReadable(path) ? path : null;
}

/** What the relay has signed last; null where that cannot be read. */
export async function readHead({ files }: StorePlace): Promise<SignedHead | null> {
  return isReadable(files.signedHead) ? await headFile(files.signedHead).read() : null;
}

/** The names of the public keys' files beside the key file, by fingerprint. */
export function publicKeyFiles(signingKey: string): ReadonlyMap<string, string> {
  const folder = dirname(signingKey);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return new Map(
    names
      .filter((name) => name.startsWith(`${basename(signingKey)}.pub`))
      .flatMap((name) => keysIn(join(folder, name)).map((key): [string, string] => [key, name])),
  );
}

function keysIn(path: string): readonly string[] {
  try {
    return readPublicKeys(readFileSync(path, 'utf8')).map(fingerprint);
  } catch {
    return [];
  }
}

/**
 * Runs what changes key files; one at a time, since each puts its own in the place of what it has read.
 *
 * @throws SluiceError `config_invalid` while another process does the same, or when this one may not.
 */
export async function changingKeys<T>({ files }: StorePlace, work: () => Promise<T>): Promise<T> {
  const lock = lockKeys(files.keysLock);
  try {
    return await work();
  } finally {
    lock.release();
  }
}

function lockKeys(path: string): { release(): void } {
  try {
    const lock = tryLock(path);
    if (lock === null) {
      throw new SluiceError('config_invalid', 'another command is changing these keys', {
        advice: 'wait for it',
      });
    }
    giveToOwnerOf(path, dirname(path));
    return lock;
  } catch (cause) {
    if (cause instanceof SluiceError) throw cause;
    throw new SluiceError('config_invalid', `\`${dirname(path)}\` cannot be written`, {
      advice: 'run this as the user that the relay runs as',
      cause,
    });
  }
}

/** What root makes, the relay's own user could not open. */
function giveToOwnerOf(path: string, folder: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(folder);
  chownSync(path, uid, gid);
}
