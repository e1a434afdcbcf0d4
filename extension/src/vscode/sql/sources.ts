import * as vscode from 'vscode';
import {
  type CatalogMemory,
  createCatalogMemory,
  createExplainer,
  type Explainer,
  type Place,
  type ScriptStatement,
} from '../../sql/index.ts';
import type { Account } from '../accounts.ts';
import type { SluiceContext } from '../context.ts';

/** What is asked of one relay on behalf of SQL that is written. */
export interface Source {
  readonly account: Account;
  readonly explainer: Explainer;
  readonly catalog: CatalogMemory;
  /** Where the names of a statement are looked up. */
  placeOf(statement: Pick<ScriptStatement, 'within'>): Promise<Place>;
  /** Something ran that may have changed the session, or what there is. */
  forget(): void;
}

export interface Sources extends vscode.Disposable {
  /** The relay that a document's statements go to; null when nobody is signed in, or the workspace is not trusted. */
  of(document: Pick<vscode.TextDocument, 'uri'>): Promise<Source | null>;
  readonly onDidChange: vscode.Event<void>;
}

export function createSources({ accounts }: SluiceContext): Sources {
  const opened = new Map<string, Promise<Source>>();
  const changed = new vscode.EventEmitter<void>();
  const restart = () => {
    for (const source of opened.values())
      void source.then(
        ({ explainer }) => explainer.stop(),
        () => {},
      );
    opened.clear();
    changed.fire();
  };
  const listening = [
    accounts.onDidChange(restart),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('sluice.sql')) changed.fire();
    }),
  ];
  return {
    onDidChange: changed.event,
    async of({ uri }) {
      const account = accountOf(accounts, uri);
      if (account === null || !vscode.workspace.isTrusted) return null;
      const known = opened.get(account.id);
      if (known !== undefined) return await known.catch(() => null);
      const source = open(account);
      opened.set(account.id, source);
      source.catch(() => opened.delete(account.id));
      return await source.catch(() => null);
    },
    dispose() {
      restart();
      vscode.Disposable.from(...listening, changed).dispose();
    },
  };
}

/** By the setting of the document's folder, where it names a relay that somebody is signed in at. */
export function accountOf(accounts: SluiceContext['accounts'], uri: vscode.Uri): Account | null {
  const chosen = vscode.workspace
    .getConfiguration('sluice.sql', uri)
    .get<string>('relay', '')
    .replace(/\/$/, '');
  if (chosen === '') return accounts.current();
  return accounts.all().find(({ url, name }) => url === chosen || name === chosen) ?? null;
}

async function open(account: Account): Promise<Source> {
  const client = await account.client();
  const now = () => Date.now();
  const explainer = createExplainer({ explain: client.statements.explain, now });
  const catalog = createCatalogMemory(client.catalog, now);
  const session = async () => (await explainer.askNow(ANYTHING))?.session;
  return {
    account,
    explainer,
    catalog,
    async placeOf({ within }) {
      const { database = null, schema = null } = { ...(await session()), ...within };
      return { database, schema };
    },
    forget() {
      explainer.forget();
      catalog.forget();
    },
  };
}

/** To learn where the session is. */
const ANYTHING = { sql: 'SELECT 1', within: {} };
