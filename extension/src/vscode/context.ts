import type * as vscode from 'vscode';
import type { Words } from '../words.ts';
import type { Accounts } from './accounts.ts';
import type { Relays } from './relays.ts';
import type { SignIn } from './sign-in.ts';

/** What every contribution is given: `registerX(context: SluiceContext): vscode.Disposable`. */
export interface SluiceContext {
  /** The relays that somebody is signed in at. */
  readonly accounts: Accounts;
  /** Those that the person has added, signed in at or not. */
  readonly relays: Relays;
  readonly signIn: SignIn;
  readonly words: Words;
  /** For people who look for a fault. No secret, no SQL and no row goes in. */
  readonly log: vscode.LogOutputChannel;
  /** Ended with the extension. */
  readonly subscriptions: vscode.Disposable[];
  readonly extensionUri: vscode.Uri;
  /** The editor's own: kept state, secrets, the version, whether this is a test. */
  readonly extension: vscode.ExtensionContext;
}
