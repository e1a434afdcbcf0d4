import { randomUUID } from 'node:crypto';
import type { LiveClient } from '@sluice/contract';
import * as vscode from 'vscode';
import { type ListedRelay, listedRelays, nameOfRelay } from '../sign-in/listed-relay.ts';
import type { AccountState, OpenAccount } from '../sign-in/open-account.ts';
import type { Account, Accounts } from './accounts.ts';
import { secretText } from './secret-text.ts';

/** The relays that the person has added, signed in at or not. */
export interface Relays extends Accounts {
  known(): readonly KnownRelay[];
  /** The one that statements go to, or would; null when none is known. */
  chosen(): KnownRelay | null;
  choose(id: string): Promise<void>;
  /** @throws an error with `message` and `advice` when it is none, or is not there. */
  add(address: string): Promise<KnownRelay>;
  /** Signs out there first. */
  remove(id: string): Promise<void>;
  /** What speaks with it. It is opened when it is first needed. */
  open(id: string): Promise<OpenAccount>;
  /** Goes on with what was kept. */
  start(): Promise<void>;
}

export interface KnownRelay {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  /** Null until it has been opened. */
  readonly state: AccountState | null;
}

export interface RelaysOptions {
  readonly extension: vscode.ExtensionContext;
  /** Asks the person to sign in at one of them; null when they would rather not. */
  readonly askToSignIn: () => Promise<string | null>;
  readonly onSoonOver: (relay: KnownRelay, until: number) => void;
}

const LIST = 'sluice.relays';
const CHOSEN = 'sluice.relay';

export function createRelays({
  extension,
  askToSignIn,
  onSoonOver,
}: RelaysOptions): Relays & vscode.Disposable {
  const { globalState, secrets, globalStorageUri } = extension;
  const changed = new vscode.EventEmitter<void>();
  const opened = new Map<string, Promise<OpenAccount>>();
  /** Those of them that are there. */
  const accounts = new Map<string, OpenAccount>();
  let isOver = false;

  const list = () => listedRelays(globalState.get(LIST));
  const write = async (relays: readonly ListedRelay[]) => {
    await globalState.update(LIST, relays);
    changed.fire();
  };
  const listed = (id: string): ListedRelay => {
    const found = list().find((relay) => relay.id === id);
    if (found === undefined) throw new Error('the relay is no longer in the list');
    return found;
  };
  const knownOf = (relay: ListedRelay): KnownRelay => ({
    id: relay.id,
    name: nameOfRelay(relay),
    url: relay.url,
    state: accounts.get(relay.id)?.state() ?? null,
  });
  const secretName = (id: string) => `sluice.sign-in.${id}`;

  const open = async (id: string): Promise<OpenAccount> => {
    const known = opened.get(id);
    if (known !== undefined) return await known;
    const relay = listed(id);
    const opening = openNow(relay);
    opened.set(id, opening);
    opening.catch(() => opened.delete(id));
    return await opening;
  };
  const openNow = async (relay: ListedRelay): Promise<OpenAccount> => {
    const { acrossWindows, openAccount } = await import('../sign-in/index.ts');
    const { id } = relay;
    let isThere = false;
    const account = await openAccount({
      // Of one that is being removed, what was known.
      relay: () => list().find((one) => one.id === id) ?? relay,
      secret: secretText(secrets, secretName(id)),
      onIssuer: async (issuer) =>
        await write(list().map((one) => (one.id === id ? { ...one, issuer } : one))),
      onChange: () => isThere && changed.fire(),
      onSoonOver: (until) => onSoonOver(knownOf(listed(id)), until),
      alone: acrossWindows(vscode.Uri.joinPath(globalStorageUri, `${id}.renewing`).fsPath),
      fetch: async (...asked) => await fetch(...asked),
      now: Date.now,
      after(ms, run) {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    });
    if (isOver) account.close();
    accounts.set(id, account);
    isThere = true;
    changed.fire();
    return account;
  };
  /** Null while nobody is signed in there. */
  const accountOf = (relay: ListedRelay): Account | null => {
    const account = accounts.get(relay.id);
    const person = account?.state().person ?? null;
    if (account === undefined || person === null) return null;
    return {
      id: relay.id,
      name: nameOfRelay(relay),
      url: relay.url,
      person,
      token: async (how = { renew: false }) => await account.token(how),
      client: async () => account.client,
      live: async () => liveOf(account),
    };
  };
  const chosen = (): ListedRelay | null => {
    const relays = list();
    return relays.find(({ id }) => id === globalState.get(CHOSEN)) ?? relays[0] ?? null;
  };
  const current = () => {
    const relay = chosen();
    return relay && accountOf(relay);
  };

  const watching = secrets.onDidChange(({ key }) => {
    for (const [id, account] of accounts) if (secretName(id) === key) void account.reload();
  });

  return {
    onDidChange: changed.event,
    all: () => list().flatMap((relay) => accountOf(relay) ?? []),
    current,
    async demand() {
      const found = current();
      if (found !== null) return found;
      // They may be on their way still: the editor has just started.
      const relay = chosen();
      if (relay !== null) await open(relay.id).catch(() => null);
      if (current() === null) await askToSignIn();
      return current();
    },
    known: () => list().map(knownOf),
    chosen: () => {
      const relay = chosen();
      return relay && knownOf(relay);
    },
    async choose(id) {
      await globalState.update(CHOSEN, listed(id).id);
      changed.fire();
    },
    async add(address) {
      const { checkRelay, relayAddress } = await import('@sluice/sign-in');
      const url = relayAddress(address);
      const known = list().find((relay) => relay.url === url);
      if (known !== undefined) return knownOf(known);
      await checkRelay(url, { fetch });
      const relay: ListedRelay = { id: randomUUID(), url, name: null, issuer: null };
      await write([...list(), relay]);
      return knownOf(relay);
    },
    async remove(id) {
      const account = await open(id);
      await account.signOut();
      account.close();
      opened.delete(id);
      accounts.delete(id);
      await secrets.delete(secretName(id));
      await write(list().filter((relay) => relay.id !== id));
    },
    open,
    async start() {
      await Promise.all(list().map(async ({ id }) => await open(id).catch(() => null)));
    },
    dispose() {
      isOver = true;
      watching.dispose();
      changed.dispose();
      for (const account of accounts.values()) account.close();
    },
  };
}

function liveOf(account: OpenAccount): LiveClient {
  const live = account.live();
  if (live === null) throw new Error('nobody is signed in there any more');
  return live;
}
