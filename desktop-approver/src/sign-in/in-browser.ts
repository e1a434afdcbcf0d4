import { signInByBrowser, type Way } from '@sluice/sign-in';
import { openLoopback } from '@sluice/sign-in/loopback';

/**
 * In the system's browser, and back to a port of this machine. Anew, whatever the browser remembers: how recent it is decides
 * what the person may.
 *
 * @param openExternal of Electron's `shell`.
 */
export function signInInBrowser(openExternal: (url: string) => Promise<void>): Way {
  return async (place, options) =>
    await signInByBrowser(place, { ...options, openExternal, openReturn: openLoopback, anew: true });
}
