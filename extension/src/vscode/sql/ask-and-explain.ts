import * as vscode from 'vscode';
import { statementAt } from '../../sql/index.ts';
import type { SluiceContext } from '../context.ts';
import { questionOf } from './diagnostics.ts';
import type { ScriptStore } from './script-store.ts';
import type { Sources } from './sources.ts';

/** What would happen to a statement, in words; and asking for access ahead to statements like it. */
export function registerAskAndExplain(
  { words }: SluiceContext,
  scripts: ScriptStore,
  sources: Sources,
): vscode.Disposable {
  const found = async (uri: string, offset: number) => {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
    const [script, source] = [await scripts.read(document), await sources.of(document)];
    const text = document.getText();
    const statement = script.statements[statementAt(script, text, offset)];
    return source === null || statement === undefined
      ? null
      : { source, question: questionOf(text, statement) };
  };
  const explainAt = async (uri: string, offset: number) => {
    const at = await found(uri, offset);
    const told = at === null ? null : await at.source.explainer.askNow(at.question);
    if (told === null) {
      void vscode.window.showInformationMessage(words.sql.noAnswer);
      return;
    }
    const { decision, reasons, asks, session } = told;
    const detail = [
      ...reasons.map(
        ({ rule, reason, advice }) => `${rule}: ${reason}${advice === undefined ? '' : `\n→ ${advice}`}`,
      ),
      ...decision.masks.map(({ output, method, because }) =>
        words.sql.maskedDetail(told.understanding.outputs[output]?.name ?? '', method, because),
      ),
      ...(asks === null ? [] : [words.sql.needs(asks.approvers.join(', '))]),
      words.sql.lookedUpIn([session.database, session.schema].filter((part) => part !== null).join('.')),
    ].join('\n\n');
    const askable = asks !== null && asks.accessUpTo > 0 ? [words.sql.fixes.askAhead] : [];
    const answer = await vscode.window.showInformationMessage(
      decision.sentence,
      { modal: true, detail },
      ...askable,
    );
    if (answer === words.sql.fixes.askAhead) await askForAccess(uri, offset);
  };
  const askForAccess = async (uri: string, offset: number) => {
    const at = await found(uri, offset);
    const told = at === null ? null : await at.source.explainer.askNow(at.question);
    if (at === null || told?.asks == null) return;
    const { sql, within } = at.question;
    await vscode.commands.executeCommand('sluice.askForAccess', {
      account: at.source.account.id,
      sql,
      agent: null,
      within,
      upToSeconds: told.asks.accessUpTo,
    });
  };
  return vscode.Disposable.from(
    vscode.commands.registerCommand('sluice.sql.explainAt', explainAt),
    vscode.commands.registerCommand('sluice.sql.askForAccess', askForAccess),
  );
}
