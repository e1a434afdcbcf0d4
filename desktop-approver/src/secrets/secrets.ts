import { join } from 'node:path';
import type { SafeStorage } from 'electron';
import { readPrivateFile, removePrivateFile, writePrivateFile } from './private-file.ts';

/** What of Electron's `safeStorage` is used: the asynchronous calls. The synchronous ones are deprecated. */
export type SystemSecrets = Pick<
  SafeStorage,
  'encryptStringAsync' | 'decryptStringAsync' | 'isAsyncEncryptionAvailable' | 'getSelectedStorageBackend'
>;

/** Secrets on disk, encrypted by a key that the system keeps for this app and this person. */
export interface Secrets {
  /** Null when the system keeps secrets; otherwise why not, and then nothing is written. */
  readonly problem: SecretsProblem | null;
  read(name: string): Promise<ReadSecret>;
  /** Does nothing where the system keeps no secrets. */
  write(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
}

export interface SecretsProblem {
  readonly why: string;
  readonly advice: string;
}

export type ReadSecret =
  | { readonly type: 'found'; readonly text: string }
  | { readonly type: 'none' }
  /** It cannot be decrypted: touched, or of a key that the system no longer has. */
  | { readonly type: 'damaged' };

export interface SecretsOptions {
  readonly folder: string;
  readonly system: SystemSecrets;
  readonly platform: NodeJS.Platform;
}

/** To be called when the app is ready: before, the system does not say how it keeps secrets. */
export async function openSecrets({ folder, system, platform }: SecretsOptions): Promise<Secrets> {
  const problem = await problemOf(system, platform);
  const pathOf = (name: string) => join(folder, `${name}.secret`);
  const write = async (name: string, text: string) => {
    if (problem === null) await writePrivateFile(pathOf(name), await system.encryptStringAsync(text));
  };
  return {
    problem,
    async read(name) {
      if (problem !== null) return { type: 'none' };
      const kept = await readPrivateFile(pathOf(name));
      if (kept === null) return { type: 'none' };
      try {
        const { result, shouldReEncrypt } = await system.decryptStringAsync(kept);
        if (shouldReEncrypt) await reEncrypt(name, kept);
        return { type: 'found', text: result };
      } catch {
        // Whatever is thrown names bytes of the file: it is not passed on.
        return { type: 'damaged' };
      }
    },
    write,
    remove: async (name) => await removePrivateFile(pathOf(name)),
  };

  /** Under the system's new key; as Electron says, what is encrypted is what a second call gives. */
  async function reEncrypt(name: string, kept: Buffer): Promise<void> {
    try {
      await write(name, (await system.decryptStringAsync(kept)).result);
    } catch {
      // It is tried again when it is read the next time; until then the old one is good.
    }
  }
}

async function problemOf(system: SystemSecrets, platform: NodeJS.Platform): Promise<SecretsProblem | null> {
  const backend = platform === 'linux' ? system.getSelectedStorageBackend() : null;
  // There, everything is encrypted with a password that stands in Chromium's source.
  if (backend === 'basic_text' || backend === 'unknown') return NO_KEYRING;
  if (await system.isAsyncEncryptionAvailable().catch(() => false)) return null;
  return platform === 'linux' ? NO_KEYRING : LOCKED;
}

const NO_KEYRING: SecretsProblem = {
  why: 'this desktop has no keyring that is unlocked',
  advice:
    'install and unlock GNOME Keyring or KWallet, then start the app again; on other desktops start it with --password-store=gnome-libsecret',
};
const LOCKED: SecretsProblem = {
  why: 'the system does not keep secrets for this app now',
  advice: 'unlock the keychain, then start the app again',
};
