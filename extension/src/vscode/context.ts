import type * as vscode from 'vscode';
import type { Words } from '../words.ts';
import type { Accounts } from './accounts.ts';

/** What every contribution is given: `registerX(context: SluiceContext): vscode.Disposable`. */
export interface SluiceContext {
  /** The relays that somebody is signed in at. */
  readonly accounts: Accounts;
  readonly words: Words;
  /** For people who look for a fault. No secret, no SQL and no row goes in. */
  readonly log: vscode.LogOutputChannel;
  /** Ended with the extension. */
  readonly subscriptions: vscode.Disposable[];
  readonly extensionUri: vscode.Uri;
  /** The editor's own: kept state, secrets, the version, whether this is a test. */
  readonly extension: vscode.ExtensionContext;
}
