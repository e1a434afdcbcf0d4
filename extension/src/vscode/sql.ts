import * as vscode from 'vscode';
import type { SluiceContext } from './context.ts';
import type { SqlEditor } from './sql/sql-editor.ts';

/** SQL in the editor. The parser and the rest are loaded with the first document of SQL. */
export function registerSql(context: SluiceContext): vscode.Disposable {
  let loaded: Promise<SqlEditor> | null = null;
  const load = async () => {
    loaded ??= import('./sql/sql-editor.ts').then(({ openSqlEditor }) => openSqlEditor(context));
    return await loaded;
  };
  const isSql = ({ languageId }: vscode.TextDocument) =>
    languageId === 'sql' || languageId === 'snowflake-sql';
  const loadFor = (document: vscode.TextDocument) => {
    if (isSql(document)) void load();
  };
  const editing = () => vscode.window.activeTextEditor;
  const opened = async (uri: vscode.Uri | string | undefined) => {
    if (uri === undefined) return editing()?.document;
    return await vscode.workspace.openTextDocument(typeof uri === 'string' ? vscode.Uri.parse(uri) : uri);
  };
  for (const document of vscode.workspace.textDocuments) loadFor(document);
  return vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument(loadFor),
    vscode.commands.registerCommand('sluice.sql.run', async () => {
      const editor = editing();
      if (editor !== undefined) await (await load()).runner.runHere(editor);
    }),
    vscode.commands.registerCommand('sluice.sql.runFile', async (uri?: vscode.Uri) => {
      const document = await opened(uri);
      if (document !== undefined) await (await load()).runner.runAll(document);
    }),
    vscode.commands.registerCommand('sluice.sql.runAt', async (uri: string, offset: number) => {
      const document = await opened(uri);
      if (document !== undefined) await (await load()).runner.runAt(document, offset);
    }),
    vscode.commands.registerCommand('sluice.sql.chooseRelay', async () => {
      const { chooseRelay } = await import('./sql/status.ts');
      await chooseRelay(context);
    }),
    { dispose: () => void loaded?.then((editor) => editor.dispose()) },
  );
}
