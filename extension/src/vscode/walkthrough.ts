import * as vscode from 'vscode';

/** `Sluice: How This Works`: what the manifest has of it. */
export function registerWalkthrough(): vscode.Disposable {
  return vscode.commands.registerCommand(
    'sluice.openWalkthrough',
    async () =>
      await vscode.commands.executeCommand(
        'workbench.action.openWalkthrough',
        'sluice.sluice#sluice.start',
        false,
      ),
  );
}
