import type { Trouble } from '@sluice/sign-in';
import * as vscode from 'vscode';
import type { Words } from '../words.ts';
import type { KnownRelay, Relays } from './relays.ts';
import { type SignInMethod, signInWay, type UriReturns } from './sign-in-way.ts';

/** What a person is asked and told when they sign in and out. Both resolve to whether it was done; neither rejects. */
export interface SignIn {
  /** @param id of the relay; the person chooses, or adds one, when it is left out. */
  signIn(id?: string): Promise<string | null>;
  signOut(id?: string): Promise<boolean>;
  addRelay(address?: string): Promise<KnownRelay | null>;
  removeRelay(id?: string): Promise<boolean>;
  chooseRelay(id?: string): Promise<boolean>;
}

export interface SignInOptions {
  readonly relays: Relays;
  readonly words: Words['signIn'];
  readonly log: vscode.LogOutputChannel;
  readonly uris: UriReturns;
}

export function createSignIn({ relays, words, log, uris }: SignInOptions): SignIn {
  const troubleAt = async (error: unknown, url: string): Promise<Trouble> => {
    const { networkTrouble } = await import('../sign-in/index.ts');
    const trouble = networkTrouble(error, url, words);
    // Neither holds a secret, by how they are made.
    log.warn(`${trouble.code}: ${trouble.message}`);
    return trouble;
  };
  const pick = async (title: string, found: readonly KnownRelay[]): Promise<KnownRelay | null> => {
    if (found.length <= 1) return found[0] ?? null;
    const chosen = await vscode.window.showQuickPick(
      found.map((relay) => itemOf(relay, relays.chosen()?.id === relay.id, words)),
      { title, matchOnDescription: true },
    );
    return chosen?.relay ?? null;
  };
  const one = async (id: string | undefined, title: string, among: readonly KnownRelay[]) =>
    id === undefined ? await pick(title, among) : (relays.known().find((relay) => relay.id === id) ?? null);
  const signedIn = () => {
    const ids = new Set(relays.all().map(({ id }) => id));
    return relays.known().filter(({ id }) => ids.has(id));
  };

  const whereToSignIn = async (): Promise<KnownRelay | null> => {
    const known = relays.known();
    if (known.length === 0) return await addRelay();
    if (known.length === 1) return known[0]!;
    return await pick(words.choose.signIn, known);
  };

  const signInAt = async (relay: KnownRelay, method: SignInMethod): Promise<string | null> => {
    const giveUp = new AbortController();
    try {
      const account = await relays.open(relay.id);
      const issuers = await account.places();
      const issuer = await chosenIssuer(
        issuers.map(({ issuer }) => issuer),
        words,
      );
      if (issuer === null) return null;
      await vscode.window.withProgress(
        {
          location: vscode.ProgressLocation.Notification,
          title: words.browser.title(relay.name),
          cancellable: true,
        },
        async (progress, token) => {
          const { TroubleError } = await import('@sluice/sign-in');
          token.onCancellationRequested(() =>
            giveUp.abort(new TroubleError('sign_in_given_up', 'the sign-in was given up')),
          );
          const report = (message: string) => progress.report({ message });
          await account.signIn(
            signInWay({ relay: relay.name, method, words, report, signal: giveUp.signal }, uris),
            issuer,
          );
        },
      );
      const person = account.state().person;
      if (person === null) return null;
      // Whoever signs in somewhere goes on there.
      await relays.choose(relay.id);
      void vscode.window.showInformationMessage(words.signedIn(person.name, relay.name));
      return relay.id;
    } catch (error) {
      if (giveUp.signal.aborted) return null;
      const trouble = await troubleAt(error, relay.url);
      if (trouble.code === 'sign_in_given_up') return null;
      const { retry, useCode, showLog } = words.actions;
      const others = method === 'code' ? [retry, showLog] : [retry, useCode, showLog];
      const wanted = await vscode.window.showErrorMessage(
        words.trouble(trouble.message, trouble.advice),
        ...others,
      );
      if (wanted === retry) return await signInAt(relay, method);
      if (wanted === useCode) return await signInAt(relay, 'code');
      if (wanted === showLog) log.show();
      return null;
    }
  };

  const addRelay = async (given?: string): Promise<KnownRelay | null> => {
    const address =
      given ??
      (await vscode.window.showInputBox({
        title: words.add.title,
        prompt: words.add.prompt,
        placeHolder: words.add.placeholder,
        ignoreFocusOut: true,
        validateInput: async (typed) => {
          if (typed.trim() === '') return null;
          const { relayAddress, troubleOf } = await import('@sluice/sign-in');
          try {
            relayAddress(typed);
            return null;
          } catch (error) {
            const { message, advice } = troubleOf(error);
            return words.trouble(message, advice);
          }
        },
      }));
    if (address === undefined || address.trim() === '') return null;
    try {
      return await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: words.add.checking(address.trim()) },
        async () => await relays.add(address),
      );
    } catch (error) {
      const trouble = await troubleAt(error, address.includes('://') ? address : `https://${address}`);
      const { retry, showLog } = words.actions;
      const wanted = await vscode.window.showErrorMessage(
        words.trouble(trouble.message, trouble.advice),
        retry,
        showLog,
      );
      if (wanted === retry) return await addRelay();
      if (wanted === showLog) log.show();
      return null;
    }
  };

  return {
    addRelay,
    async signIn(id) {
      const relay = id === undefined ? await whereToSignIn() : await one(id, words.choose.signIn, []);
      return relay && (await signInAt(relay, methodOf()));
    },
    async signOut(id) {
      const relay = await one(id, words.choose.signOut, signedIn());
      if (relay === null) return false;
      const isReached = await (await relays.open(relay.id)).signOut();
      if (isReached) void vscode.window.showInformationMessage(words.signedOut(relay.name));
      else void vscode.window.showWarningMessage(words.signedOutHereOnly(relay.name));
      return true;
    },
    async removeRelay(id) {
      const relay = await one(id, words.choose.remove, relays.known());
      if (relay === null) return false;
      await relays.remove(relay.id);
      return true;
    },
    async chooseRelay(id) {
      const relay = await one(id, words.choose.use, relays.known());
      if (relay === null) return false;
      await relays.choose(relay.id);
      return true;
    },
  };
}

function methodOf(): SignInMethod {
  return vscode.workspace.getConfiguration('sluice').get<SignInMethod>('signIn.method', 'automatic');
}

/** Undefined: the only one, or whatever the relay says is wrong with there being none. Null: they would rather not. */
async function chosenIssuer(
  issuers: readonly string[],
  words: Words['signIn'],
): Promise<string | undefined | null> {
  if (issuers.length <= 1) return issuers[0];
  return (await vscode.window.showQuickPick([...issuers], { title: words.choose.issuer })) ?? null;
}

function itemOf(relay: KnownRelay, isChosen: boolean, words: Words['signIn']) {
  const person = relay.state?.person ?? null;
  return {
    label: relay.name,
    description: [person?.name ?? words.choose.signedOut, ...(isChosen ? [words.choose.current] : [])].join(
      ' · ',
    ),
    detail: relay.url,
    relay,
  };
}
