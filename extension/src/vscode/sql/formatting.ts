import { setImmediate as turn } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Span } from '../../sql/index.ts';
import type { SluiceContext } from '../context.ts';
import { isChecked, rangeOf, SELECTOR } from './checked.ts';
import type { ScriptStore } from './script-store.ts';

/** How long it works before others have their turn, in milliseconds. */
const STEP_MS = 20;

/** *Format Document*, and *Format Selection*: whole statements, each as long as it comes out the same. */
export function registerFormatting(context: SluiceContext, scripts: ScriptStore): vscode.Disposable {
  const edits = async (
    document: vscode.TextDocument,
    part: Span,
    { tabSize, insertSpaces }: vscode.FormattingOptions,
    token: vscode.CancellationToken,
  ): Promise<vscode.TextEdit[]> => {
    if (!isChecked(context, document)) return [];
    const { formattedStatement } = await import('../../sql/format.ts');
    const text = document.getText();
    const { statements } = await scripts.read(document);
    const found: vscode.TextEdit[] = [];
    let left = 0;
    let begun = performance.now();
    for (const statement of statements) {
      if (statement.end < part.start || statement.start > part.end) continue;
      const sql = text.slice(statement.start, statement.end);
      const formatted = formattedStatement(sql, { tabSize, useTabs: !insertSpaces });
      if (formatted === null) left += 1;
      else if (formatted !== sql)
        found.push(vscode.TextEdit.replace(rangeOf(document, statement), formatted));
      if (performance.now() - begun > STEP_MS) {
        await turn();
        begun = performance.now();
      }
      if (token.isCancellationRequested) return [];
    }
    if (left > 0) void vscode.window.setStatusBarMessage(context.words.sql.leftUnformatted(left), 8_000);
    return found;
  };
  return vscode.languages.registerDocumentRangeFormattingEditProvider(SELECTOR, {
    provideDocumentRangeFormattingEdits: async (document, range, options, token) =>
      await edits(
        document,
        { start: document.offsetAt(range.start), end: document.offsetAt(range.end) },
        options,
        token,
      ),
  });
}
