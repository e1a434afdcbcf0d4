import * as vscode from 'vscode';
import type { Account } from './accounts.ts';
import type { SluiceContext } from './context.ts';

/**
 * Who is signed in at which relay, in the editor's own list of accounts. Other extensions that want a token ask the person first:
 * that is the editor's doing.
 */
export function registerAuthenticationProvider({
  accounts,
  signIn,
  words,
}: SluiceContext): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.AuthenticationProviderAuthenticationSessionsChangeEvent>();
  let before = new Map<string, vscode.AuthenticationSession>();

  const sessions = async (): Promise<Map<string, vscode.AuthenticationSession>> => {
    const found = await Promise.all(accounts.all().map(async (account) => await sessionOf(account)));
    return new Map(found.flatMap((session) => (session === null ? [] : [[session.id, session]])));
  };
  const tell = async () => {
    const now = await sessions();
    const added = [...now.values()].filter(({ id }) => !before.has(id));
    const removed = [...before.values()].filter(({ id }) => !now.has(id));
    const stayed = [...now.values()].filter(({ id }) => before.has(id));
    const renewed = stayed.filter(({ id, accessToken }) => before.get(id)?.accessToken !== accessToken);
    before = now;
    if (added.length + removed.length + renewed.length > 0)
      changed.fire({ added, removed, changed: renewed });
  };

  const provider: vscode.AuthenticationProvider = {
    onDidChangeSessions: changed.event,
    async getSessions(_scopes, { account }) {
      const found = [...(await sessions()).values()];
      return account === undefined ? found : found.filter((session) => session.account.id === account.id);
    },
    async createSession(_scopes, { account } = {}) {
      const relay = accounts.all().find((one) => accountId(one) === account?.id);
      const id = await signIn.signIn(relay?.id);
      const session = id === null ? null : ((await sessions()).get(id) ?? null);
      if (session === null) throw new Error(words.signIn.choose.signedOut);
      return session;
    },
    async removeSession(id) {
      await signIn.signOut(id);
    },
  };
  return vscode.Disposable.from(
    vscode.authentication.registerAuthenticationProvider('sluice', words.product, provider, {
      supportsMultipleAccounts: true,
    }),
    accounts.onDidChange(() => void tell()),
    changed,
  );
}

/** Null when no token can be had now: then there is no session to give. */
async function sessionOf(account: Account): Promise<vscode.AuthenticationSession | null> {
  const accessToken = await account.token().catch(() => null);
  if (accessToken === null) return null;
  return {
    id: account.id,
    accessToken,
    account: { id: accountId(account), label: `${account.person.name} (${account.name})` },
    scopes: [],
  };
}

function accountId({ url, person }: Account): string {
  return `${url} ${person.id}`;
}
