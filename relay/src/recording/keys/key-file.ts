import { accessSync, constants, lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { SluiceError } from '../../errors.ts';
import { writeDurably } from '../../write-durably.ts';

/**
 * Replaces a file of keys: durably, whole or not at all, readable by its owner only, who stays the same (a relay that runs as
 * somebody else must be able to read it).
 *
 * @throws SluiceError `config_invalid` when it is not there, is a link to where keys are managed, or cannot be replaced.
 */
export async function replaceKeyFile(path: string, text: string): Promise<void> {
  const { uid, gid } = keyFile(path);
  try {
    await writeDurably(path, text, { uid, gid });
  } catch (cause) {
    const { code = 'error' } = cause as NodeJS.ErrnoException;
    throw notOurs(`\`${path}\` cannot be replaced (${code})`, cause);
  }
}

/** @throws SluiceError `config_invalid` when it is not a file that can be replaced. */
export function keyFile(path: string): { readonly uid: number; readonly gid: number } {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw notOurs(`there is no \`${path}\``);
  // What a rename replaces is the link, and not what is managed behind it.
  if (!found.isFile()) throw notOurs(`\`${path}\` is a link, or no file`);
  try {
    accessSync(path, constants.R_OK);
    accessSync(dirname(path), constants.W_OK);
  } catch (cause) {
    throw notOurs(`\`${path}\` cannot be read and replaced`, cause);
  }
  return found;
}

function notOurs(message: string, cause?: unknown): SluiceError {
  return new SluiceError('config_invalid', message, {
    advice:
      'run this as the user that the relay runs as, on its data folder; where keys are mounted, or in a key management service, rotate them there: the new one first, the old one below it until `sluice keys` says that it may go',
    cause,
  });
}

export function alreadyRotated(path: string, key: string): SluiceError {
  return new SluiceError(
    'config_invalid',
    `\`${path}\` has a new key already, ${key}, that no relay has taken up`,
    {
      advice: 'start the relay with it first',
    },
  );
}
