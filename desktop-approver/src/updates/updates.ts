import type { Trouble } from '../relays/trouble.ts';
import type { AppUpdater } from 'electron-updater';

/** What is known of newer releases of the app itself. */
export type UpdateState =
  /** This package names no place where they are announced. */
  | { readonly type: 'off' }
  /** It does, and nobody has looked yet. */
  | { readonly type: 'unknown' }
  | { readonly type: 'looking' }
  | { readonly type: 'newest'; readonly at: string }
  | { readonly type: 'newer'; readonly at: string; readonly version: string }
  | { readonly type: 'failed'; readonly at: string; readonly trouble: Trouble };

/** Looks whether there is a newer release, and says so. It downloads and installs nothing: whoever installs packages here does. */
export interface Updates {
  state(): UpdateState;
  /** Never rejects: what became of it is the state. */
  look(): Promise<void>;
  /** @returns what ends it. */
  onChange(listener: () => void): () => void;
  end(): void;
}

export interface UpdatesOptions {
  /** Null where the package names no feed. */
  readonly updater: LookingUpdater | null;
  readonly now: () => Date;
  /** Calls back after so many milliseconds. @returns how to call it off. */
  readonly after: (ms: number, run: () => void) => () => void;
}

/** Of `electron-updater`, what looking takes. */
export type LookingUpdater = Pick<
  AppUpdater,
  'autoDownload' | 'autoInstallOnAppQuit' | 'allowDowngrade' | 'checkForUpdates' | 'logger'
> & { on(event: 'error', listener: () => void): unknown };

const EVERY_MS = 24 * 3_600_000;

/** Looks when the app has started, and once a day. */
export function createUpdates({ updater, now, after }: UpdatesOptions): Updates {
  let state: UpdateState = updater === null ? { type: 'off' } : { type: 'unknown' };
  let callOff = () => {};
  let looking: Promise<void> | null = null;
  let hasEnded = false;
  const listeners = new Set<() => void>();
  const become = (next: UpdateState) => {
    state = next;
    for (const listener of listeners) listener();
  };
  if (updater !== null) {
    // A release that somebody else puts in the place of this one would have this device's key: none is taken by itself, not even
    // when the app ends, and none that is older.
    updater.autoDownload = false;
    updater.autoInstallOnAppQuit = false;
    updater.allowDowngrade = false;
    updater.logger = null;
    // Each is told to whoever looks as well; unheard, it would end the app.
    updater.on('error', () => {});
  }
  const lookNow = async (from: LookingUpdater) => {
    become({ type: 'looking' });
    const at = () => now().toISOString();
    try {
      const found = await from.checkForUpdates();
      // Null: this copy was not installed from a package that can be compared.
      if (found === null) become({ type: 'unknown' });
      else if (found.isUpdateAvailable)
        become({ type: 'newer', at: at(), version: found.updateInfo.version });
      else become({ type: 'newest', at: at() });
    } catch {
      become({ type: 'failed', at: at(), trouble: AWAY });
    }
  };
  const look = async () => {
    if (updater === null || hasEnded) return;
    callOff();
    looking ??= lookNow(updater).finally(() => {
      looking = null;
      if (!hasEnded) callOff = after(EVERY_MS, () => void look());
    });
    await looking;
  };
  if (updater !== null) callOff = after(SOON_MS, () => void look());
  return {
    state: () => state,
    look,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    end() {
      hasEnded = true;
      callOff();
    },
  };
}

/** Behind what the person waits for. */
const SOON_MS = 30_000;

const AWAY: Trouble = {
  code: 'updates_unavailable',
  message: 'nobody says now whether there is a newer release',
  advice: 'it is tried again tomorrow; look at the address that your package names if it stays so',
};
