import type { Explanation } from '@sluice/contract';
import * as vscode from 'vscode';
import type { SluiceContext } from '../context.ts';
import { isChecked, rangeOf } from './checked.ts';
import { type Diagnostics, questionOf } from './diagnostics.ts';
import type { ScriptStore } from './script-store.ts';
import type { Sources } from './sources.ts';

/** More than are ever scrolled through; each is a line that the editor lays out. */
const MOST = 500;

/** Above each statement: run it, and what would happen, once that is known. */
export function createLenses(
  context: SluiceContext,
  scripts: ScriptStore,
  sources: Sources,
  diagnostics: Diagnostics,
): vscode.CodeLensProvider & vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const listening = diagnostics.onDidTell(() => changed.fire());
  const words = context.words.sql;
  return {
    onDidChangeCodeLenses: changed.event,
    async provideCodeLenses(document) {
      if (!isChecked(context, document)) return [];
      const [script, source] = [await scripts.read(document), await sources.of(document)];
      const text = document.getText();
      return script.statements.slice(0, MOST).flatMap((statement) => {
        const range = rangeOf(document, { start: statement.start, end: statement.start });
        const at = [document.uri.toString(), statement.start];
        const run = new vscode.CodeLens(range, {
          title: `$(play) ${words.run}`,
          command: 'sluice.sql.runAt',
          arguments: at,
        });
        const known = source?.explainer.known(questionOf(text, statement));
        if (known == null || statement.broken) return [run];
        const title = summary(words, known);
        return [run, new vscode.CodeLens(range, { title, command: 'sluice.sql.explainAt', arguments: at })];
      });
    },
    dispose: () => vscode.Disposable.from(listening, changed).dispose(),
  };
}

function summary(words: SluiceContext['words']['sql'], { decision, asks, error }: Explanation): string {
  switch (decision.effect) {
    case 'allow':
      return `$(pass) ${words.runs}`;
    case 'mask':
      return `$(eye-closed) ${words.masks(decision.masks.length)}`;
    case 'ask':
      return `$(person) ${words.needs((asks?.approvers ?? []).join(', '))}`;
    case 'block':
      return `$(circle-slash) ${error?.code === 'blocked' ? words.blockedBy(decision.rule) : words.fails}`;
    default:
      return decision.effect satisfies never;
  }
}
