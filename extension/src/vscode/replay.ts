import * as vscode from 'vscode';
import type { SluiceContext } from './context.ts';
import type { ReplayCommand, ReplayPanels } from './replay/replay-panels.ts';

/** `sluice.replay.open`: the console's replay of a session, in a tab. */
export function registerReplay(context: SluiceContext): vscode.Disposable {
  let loaded: Promise<ReplayPanels> | null = null;
  return vscode.Disposable.from(
    vscode.commands.registerCommand('sluice.replay.open', async (order: ReplayCommand) => {
      loaded ??= import('./replay/replay-panels.ts').then(({ createReplayPanels }) =>
        createReplayPanels(context),
      );
      (await loaded).open(order);
    }),
    { dispose: () => void loaded?.then((panels) => panels.dispose()) },
  );
}
