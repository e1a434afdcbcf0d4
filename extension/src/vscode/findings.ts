import * as vscode from 'vscode';
import type { SluiceContext } from './context.ts';
import type { Findings } from './findings/start.ts';

/**
 * Static credentials for Snowflake and connections past the relay, among the problems. What looks for them is a file of
 * its own, loaded when the editor has started: nobody waits for it.
 */
export function registerFindings(context: SluiceContext): vscode.Disposable {
  let started: Promise<Findings | null> | null = null;
  const start = async () => {
    started ??= import('./findings/start.ts')
      .then(async ({ startFindings }) => await startFindings(context))
      .catch((error: unknown) => {
        context.log.error('findings', error instanceof Error ? error.message : 'failed');
        return null;
      });
    return await started;
  };
  const timer = setTimeout(() => void start(), AFTER_MS);
  return vscode.Disposable.from(
    vscode.commands.registerCommand('sluice.findings.look', async () => await (await start())?.lookAndTell()),
    vscode.commands.registerCommand(
      'sluice.findings.lookAtOwnProfiles',
      async () => await (await start())?.lookAtOwnProfiles(),
    ),
    {
      dispose() {
        clearTimeout(timer);
        void started?.then((findings) => findings?.dispose());
      },
    },
  );
}

/** Other extensions start in the same second. */
const AFTER_MS = 1_000;
