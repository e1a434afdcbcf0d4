import * as vscode from 'vscode';

/** The texts that are on the screen: of editors, and of the cells of notebooks. */
export function documentsOnScreen(): readonly vscode.TextDocument[] {
  return [...vscode.window.visibleTextEditors.map(({ document }) => document), ...cellsOnScreen()];
}

/** The parts of a text that are on the screen; all of it, of a notebook's cell: what of one is seen, no editor says. */
export function rangesOnScreen(document: vscode.TextDocument): readonly vscode.Range[] {
  if (cellsOnScreen().includes(document))
    return [new vscode.Range(document.positionAt(0), document.lineAt(document.lineCount - 1).range.end)];
  return vscode.window.visibleTextEditors
    .filter((editor) => editor.document === document)
    .flatMap(({ visibleRanges }) => visibleRanges);
}

/** Whenever other cells are on the screen. */
export function onDidChangeCellsOnScreen(run: () => void): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.window.onDidChangeVisibleNotebookEditors(run),
    vscode.window.onDidChangeNotebookEditorVisibleRanges(run),
  );
}

function cellsOnScreen(): readonly vscode.TextDocument[] {
  return vscode.window.visibleNotebookEditors.flatMap(({ notebook, visibleRanges }) =>
    visibleRanges.flatMap((range) => notebook.getCells(range).map(({ document }) => document)),
  );
}
