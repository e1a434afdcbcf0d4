import * as vscode from 'vscode';
import type { SluiceContext } from '../context.ts';
import { isChecked, SELECTOR } from './checked.ts';
import type { Diagnostics } from './diagnostics.ts';
import { accountOf, type Sources } from './sources.ts';

/** Beside the language: which relay the document's statements go to, and how far it is checked. */
export function createStatus(
  context: SluiceContext,
  sources: Sources,
  diagnostics: Diagnostics,
): vscode.Disposable {
  const { accounts } = context;
  const words = context.words.sql;
  const item = vscode.languages.createLanguageStatusItem('sluice.sql', SELECTOR);
  item.name = words.statusName;
  const show = () => {
    const document = vscode.window.activeTextEditor?.document;
    if (document === undefined) return;
    const account = accountOf(accounts, document.uri);
    const state = diagnostics.stateOf(document);
    const isSilent = typeof state === 'object';
    item.busy = state === 'asking';
    item.severity = isSilent
      ? vscode.LanguageStatusSeverity.Warning
      : vscode.LanguageStatusSeverity.Information;
    item.text = account === null ? words.statusLocal : words.statusRelay(account.name);
    item.detail = !isChecked(context, document)
      ? words.statusOff
      : !vscode.workspace.isTrusted
        ? words.statusUntrusted
        : account === null
          ? words.statusSignedOut
          : isSilent
            ? words.statusSilent(state.silent)
            : words.statusChecked(account.person.name);
    item.command = { title: words.chooseRelay, command: 'sluice.sql.chooseRelay' };
  };
  show();
  return vscode.Disposable.from(
    item,
    diagnostics.onDidTell(show),
    sources.onDidChange(show),
    vscode.window.onDidChangeActiveTextEditor(show),
  );
}

/** Which relay the statements of a folder go to. */
export async function chooseRelay({ accounts, words }: SluiceContext): Promise<void> {
  const all = accounts.all();
  if (all.length === 0) {
    await accounts.demand();
    return;
  }
  const uri = vscode.window.activeTextEditor?.document.uri;
  const folder = uri === undefined ? undefined : vscode.workspace.getWorkspaceFolder(uri);
  const current = accounts.current();
  const picks = [
    { label: words.sql.currentRelay, description: current?.name ?? '', url: '' },
    ...all.map(({ name, url, person }) => ({ label: name, description: `${url} · ${person.name}`, url })),
  ];
  const place = folder === undefined ? words.sql.everywhere : folder.name;
  const picked = await vscode.window.showQuickPick(picks, { title: words.sql.chooseRelayFor(place) });
  if (picked === undefined) return;
  const target =
    folder === undefined
      ? vscode.ConfigurationTarget.Global
      : (vscode.workspace.workspaceFolders?.length ?? 0) > 1
        ? vscode.ConfigurationTarget.WorkspaceFolder
        : vscode.ConfigurationTarget.Workspace;
  const settings = vscode.workspace.getConfiguration('sluice.sql', uri);
  await settings.update('relay', picked.url === '' ? undefined : picked.url, target);
}
