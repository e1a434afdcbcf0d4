import * as vscode from 'vscode';
import type { SluiceContext } from './context.ts';
import type { OpenCommand, RunCommand } from './results/commands.ts';
import type { ResultsView } from './results/results-view.ts';

/** Results: shown by two commands, so that nobody else needs to know of the panel. */
export function registerResults(context: SluiceContext): vscode.Disposable {
  let loaded: Promise<ResultsView> | null = null;
  const view = async () => {
    loaded ??= import('./results/results-view.ts').then(({ createResultsView }) =>
      createResultsView(context),
    );
    return await loaded;
  };
  return vscode.Disposable.from(
    vscode.commands.registerCommand(
      'sluice.results.run',
      async (order: RunCommand) => await (await view()).run(order),
    ),
    vscode.commands.registerCommand('sluice.results.open', async (order: OpenCommand) =>
      (await view()).open(order),
    ),
    vscode.commands.registerCommand('sluice.results.show', async () => (await view()).reveal()),
    { dispose: () => void loaded?.then((opened) => opened.dispose()) },
  );
}
