import * as vscode from 'vscode';
import type { SluiceContext } from '../context.ts';

export const LANGUAGES = ['snowflake-sql', 'sql'] as const;
export const SELECTOR: vscode.DocumentSelector = LANGUAGES.map((language) => ({ language }));

/**
 * Whether a document is taken for Snowflake's SQL. `sql` may be any database's: by default it is, once somebody is signed in at
 * a relay.
 */
export function isChecked({ accounts }: SluiceContext, document: vscode.TextDocument): boolean {
  if (document.languageId === 'snowflake-sql') return true;
  if (document.languageId !== 'sql') return false;
  const when = vscode.workspace.getConfiguration('sluice.sql', document.uri).get<string>('check', 'signedIn');
  return when === 'always' || (when === 'signedIn' && accounts.all().length > 0);
}

export function rangeOf(
  document: vscode.TextDocument,
  { start, end }: { readonly start: number; readonly end: number },
): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}
