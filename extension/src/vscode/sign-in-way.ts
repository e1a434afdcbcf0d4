import type { CodeToEnter, Returned, Way } from '@sluice/sign-in';
import * as vscode from 'vscode';
import type { Words } from '../words.ts';

/** How somebody proves who they are: `sluice.signIn.method`, or what fits where the editor runs. */
export type SignInMethod = 'automatic' | 'browser' | 'editor' | 'code';

export interface SignInWayOptions {
  readonly relay: string;
  readonly method: SignInMethod;
  readonly words: Words['signIn'];
  /** What the person sees while it is waited for them. */
  readonly report: (text: string) => void;
  /** They would rather not. */
  readonly signal: AbortSignal;
}

/** The editor's own way to be called back: `vscode://sluice.sluice/signed-in`. */
export interface UriReturns extends vscode.Disposable {
  /** The next that carries this state. */
  wait(state: string, signal: AbortSignal): Promise<URL>;
}

export function signInWay(options: SignInWayOptions, uris: UriReturns): Way {
  const { words, report } = options;
  return async (place, given) => {
    const { offersCodes, signInByBrowser, signInByCode } = await import('@sluice/sign-in');
    const signal = AbortSignal.any([given.signal, options.signal]);
    const asked = { ...given, signal };
    const method =
      options.method === 'automatic'
        ? await fitting(async () => await offersCodes(place, asked))
        : options.method;
    if (method === 'code') {
      const show = (code: CodeToEnter) => {
        report(words.code.waiting(code.code));
        void showCode(code, options);
      };
      await signInByCode(place, { ...asked, sleep, show });
      return;
    }
    const { openLoopback } = await import('@sluice/sign-in/loopback');
    report(words.browser.waiting);
    await signInByBrowser(place, {
      ...asked,
      openExternal,
      openReturn: method === 'editor' ? async (state) => uriReturn(uris, state) : openLoopback,
      // Statements need no sign-in of today's: who is signed in in the browser need not type a password.
      anew: false,
    });
  };
}

/**
 * A browser that is on another machine does not come back to a port of this one. There, a code is entered; where an issuer gives
 * none, the editor on the person's machine can be called back, if it is not a page itself.
 */
async function fitting(offersCodes: () => Promise<boolean>): Promise<Exclude<SignInMethod, 'automatic'>> {
  const isHere = vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop;
  if (isHere) return 'browser';
  if ((await offersCodes()) || vscode.env.uiKind === vscode.UIKind.Web) return 'code';
  return 'editor';
}

async function showCode(code: CodeToEnter, { words, relay, signal }: SignInWayOptions): Promise<void> {
  const minutes = Math.max(1, Math.round((code.until - Date.now()) / 60_000));
  const chosen = await vscode.window.showInformationMessage(
    words.code.title(relay),
    { modal: true, detail: words.code.detail(code.code, code.address, minutes) },
    words.code.open,
    words.code.copy,
  );
  if (chosen === undefined || signal.aborted) return;
  await vscode.env.clipboard.writeText(code.code);
  if (chosen === words.code.open) await openExternal(code.addressWithCode);
}

async function openExternal(url: string): Promise<void> {
  // As the editor writes addresses, a plus would be one, and no space.
  await vscode.env.openExternal(vscode.Uri.parse(url.replaceAll('+', '%20'), true));
}

/** Nothing but the page of the issuer is there to show anything: the editor says itself how it ended. */
function uriReturn(uris: UriReturns, state: string) {
  return {
    redirectUri: `${vscode.env.uriScheme}://sluice.sluice/signed-in`,
    answer: async (signal: AbortSignal): Promise<Returned> => ({
      url: await uris.wait(state, signal),
      show: async () => {},
    }),
    close: async () => {},
  };
}

export function registerUriReturns(): UriReturns {
  const waiting = new Map<string, (url: URL) => void>();
  const handler = vscode.window.registerUriHandler({
    handleUri(uri) {
      if (uri.path !== '/signed-in') return;
      // Its parts are decoded: a plus in them is one, and no space.
      const url = new URL(`${uri.scheme}://${uri.authority}${uri.path}?${uri.query.replaceAll('+', '%2B')}`);
      const states = url.searchParams.getAll('state');
      // Any page may open such an address: only what a sign-in waits for is taken, once.
      const take = states.length === 1 ? waiting.get(states[0]!) : undefined;
      take?.(url);
    },
  });
  return {
    dispose: () => handler.dispose(),
    async wait(state, signal) {
      signal.throwIfAborted();
      const returned = Promise.withResolvers<URL>();
      const onAbort = () => returned.reject(signal.reason as Error);
      waiting.set(state, returned.resolve);
      signal.addEventListener('abort', onAbort);
      try {
        return await returned.promise;
      } finally {
        waiting.delete(state);
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  const slept = Promise.withResolvers<void>();
  const timer = setTimeout(slept.resolve, ms);
  const onAbort = () => slept.reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort);
  try {
    await slept.promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
