import * as vscode from 'vscode';
import type { SluiceContext } from './context.ts';

/**
 * Static credentials for Snowflake and connections past the relay, among the problems. What looks for them is a file of
 * its own, loaded beside: nobody waits for it.
 */
export function registerFindings(context: SluiceContext): vscode.Disposable {
  const started = import('./findings/start.ts')
    .then(async ({ startFindings }) => await startFindings(context))
    .catch((error: unknown) => {
      context.log.error('findings', error instanceof Error ? error.message : 'failed');
      return null;
    });
  return vscode.Disposable.from(
    vscode.commands.registerCommand('sluice.findings.look', async () => await (await started)?.lookAndTell()),
    vscode.commands.registerCommand(
      'sluice.findings.lookAtOwnProfiles',
      async () => await (await started)?.lookAtOwnProfiles(),
    ),
    { dispose: () => void started.then((findings) => findings?.dispose()) },
  );
}
