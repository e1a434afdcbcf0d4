import * as vscode from 'vscode';
import type { SluiceContext } from './context.ts';

/**
 * Static credentials for Snowflake and connections past the relay, among the problems. What looks for them is loaded once the
 * editor is at rest: nobody waits for it.
 */
export function registerFindings(context: SluiceContext): vscode.Disposable {
  let parts: Promise<typeof import('./findings/start.ts')> | null = null;
  const load = () => (parts ??= import('./findings/start.ts'));
  const started = load().then(async ({ startFindings }) => await startFindings(context));
  const warned = started.catch((error: unknown) => {
    context.log.error('findings', error instanceof Error ? error.message : 'failed');
    return null;
  });
  return vscode.Disposable.from(
    vscode.commands.registerCommand('sluice.findings.look', async () => await (await warned)?.lookAndTell()),
    vscode.commands.registerCommand(
      'sluice.findings.lookAtOwnProfiles',
      async () => await (await warned)?.lookAtOwnProfiles(),
    ),
    { dispose: () => void warned.then((findings) => findings?.dispose()) },
  );
}
