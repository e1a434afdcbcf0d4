import * as vscode from 'vscode';
import type { SluiceContext } from './context.ts';

/** `Sluice: Show Log`. */
export function registerLog({ log }: SluiceContext): vscode.Disposable {
  return vscode.commands.registerCommand('sluice.showLog', () => log.show());
}
