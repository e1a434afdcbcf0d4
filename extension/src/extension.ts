import * as vscode from 'vscode';
import type { Accounts } from './vscode/accounts.ts';
import type { SluiceContext } from './vscode/context.ts';
import { registerLog } from './vscode/log.ts';
import { registerResults } from './vscode/results.ts';
import { WORDS } from './words.ts';

/** Composition only. What takes time is imported where it is first used. */
export function activate(extension: vscode.ExtensionContext): void {
  const context: SluiceContext = {
    accounts: nobody(),
    words: WORDS,
    log: vscode.window.createOutputChannel(WORDS.product, { log: true }),
    subscriptions: extension.subscriptions,
    extensionUri: extension.extensionUri,
    extension,
  };
  extension.subscriptions.push(context.log, ...CONTRIBUTIONS.map((register) => register(context)));
}

/** In the order in which they are made. */
const CONTRIBUTIONS: readonly ((context: SluiceContext) => vscode.Disposable)[] = [
  registerLog,
  registerResults,
];

function nobody(): Accounts {
  return {
    all: () => [],
    current: () => null,
    demand: async () => null,
    onDidChange: () => ({ dispose() {} }),
  };
}
