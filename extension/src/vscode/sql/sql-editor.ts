import * as vscode from 'vscode';
import type { SluiceContext } from '../context.ts';
import { registerAskAndExplain } from './ask-and-explain.ts';
import { LANGUAGES, SELECTOR } from './checked.ts';
import { createDiagnostics } from './diagnostics.ts';
import { registerFormatting } from './formatting.ts';
import { registerLanguageFeatures } from './language-features.ts';
import { createLenses } from './lenses.ts';
import { createQuickFixes } from './quick-fixes.ts';
import { createRunner, type Runner } from './run.ts';
import { createScriptStore } from './script-store.ts';
import { createSources } from './sources.ts';
import { createStatus } from './status.ts';

export interface SqlEditor extends vscode.Disposable {
  readonly runner: Runner;
}

/** Everything that SQL has in the editor: loaded with the first document of it, or the first command. */
export function openSqlEditor(context: SluiceContext): SqlEditor {
  const scripts = createScriptStore(context.extensionUri);
  const sources = createSources(context);
  const diagnostics = createDiagnostics(context, scripts, sources);
  const lenses = createLenses(context, scripts, sources, diagnostics);
  const runner = createRunner(context, scripts, sources);
  const cells = vscode.notebooks.registerNotebookCellStatusBarItemProvider('*', {
    provideCellStatusBarItems({ document }) {
      if (!LANGUAGES.some((language) => language === document.languageId)) return [];
      const item = new vscode.NotebookCellStatusBarItem(
        `$(play) ${context.words.sql.runCell}`,
        vscode.NotebookCellStatusBarAlignment.Left,
      );
      item.command = {
        title: context.words.sql.runCell,
        command: 'sluice.sql.runFile',
        arguments: [document.uri],
      };
      return [item];
    },
  });
  const all = vscode.Disposable.from(
    scripts,
    sources,
    diagnostics,
    lenses,
    cells,
    vscode.languages.registerCodeLensProvider(SELECTOR, lenses),
    vscode.languages.registerCodeActionsProvider(SELECTOR, createQuickFixes(context, scripts, sources), {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    }),
    registerFormatting(context, scripts),
    registerLanguageFeatures(context, scripts, sources),
    registerAskAndExplain(context, scripts, sources),
    createStatus(context, sources, diagnostics),
  );
  return { runner, dispose: () => all.dispose() };
}
