import type { LiveClient, RelayClient } from '@sluice/contract';
import type * as vscode from 'vscode';

/** A relay that a person is signed in at. */
export interface Account {
  /** The extension's own name for the relay. It stays the same until the relay is removed. */
  readonly id: string;
  /** The name that the person gave it, or its host. */
  readonly name: string;
  /** With a path if it has one; without a slash at its end. */
  readonly url: string;
  readonly person: AccountPerson;
  /**
   * A token that is good now, renewed in place. For what speaks to the relay other than by `client`, as an MCP server does.
   *
   * @throws an error with `code`, `message` and `advice` when the sign-in is over.
   */
  token(how?: { readonly renew: boolean }): Promise<string>;
  /** Signed in as the person. Loaded when it is first asked for: it is what starting has no time for. */
  client(): Promise<RelayClient>;
  /** The same for what the relay tells as it happens; one connection for all that listen. */
  live(): Promise<LiveClient>;
}

export interface AccountPerson {
  /** `issuer|subject`. */
  readonly id: string;
  readonly name: string;
  readonly groups: readonly string[];
}

export interface Accounts {
  /** In the order in which they were added. */
  all(): readonly Account[];
  /** The one that statements go to; null while nobody is signed in. */
  current(): Account | null;
  /** The same, after asking the person to sign in where nobody is; null when they would rather not. */
  demand(): Promise<Account | null>;
  /** Somebody signed in or out, or chose another relay. */
  readonly onDidChange: vscode.Event<void>;
}
