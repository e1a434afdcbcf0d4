import * as vscode from 'vscode';
import {
  applied,
  commentFor,
  type Edit,
  findIn,
  type Finding,
  fixFor,
  type Fix,
  TOKEN_VARIABLE,
} from '../../findings/index.ts';
import type { SluiceContext } from '../context.ts';
import { pathIn } from './folder-findings.ts';
import { hostsOf, relaysKnown } from './relays.ts';

const FIXED = 'sluice.findings.fixed';
const LEAVE_ALONE = 'sluice.findings.leaveAlone';
const SIGN_IN = 'sluice.findings.signIn';

/** What mends a finding: shown before it is done, done as one edit that can be undone. */
export function registerQuickFixes(context: SluiceContext, look: () => Promise<unknown>): vscode.Disposable {
  const words = context.words.findings;
  return vscode.Disposable.from(
    vscode.languages.registerCodeActionsProvider(
      [{ scheme: '*' }, { notebookType: '*' }],
      {
        provideCodeActions: (document, _range, { diagnostics }) =>
          diagnostics
            .filter(({ source, code }) => source === words.source && typeof code === 'string')
            .flatMap((diagnostic) => actionsFor(context, document, diagnostic)),
      },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
    vscode.commands.registerCommand(FIXED, (token: Fix['token']) =>
      vscode.window.showInformationMessage(
        token === 'variable' ? words.tokenFrom.variable(TOKEN_VARIABLE) : words.tokenFrom[token],
      ),
    ),
    vscode.commands.registerCommand(LEAVE_ALONE, async (uri: vscode.Uri, line: number) => {
      await leaveAlone(context, uri, line);
      await look();
    }),
    vscode.commands.registerCommand(SIGN_IN, async () => {
      if ((await context.accounts.demand()) === null)
        void vscode.window.showInformationMessage(words.noRelay);
    }),
  );
}

function actionsFor(
  context: SluiceContext,
  document: vscode.TextDocument,
  diagnostic: vscode.Diagnostic,
): readonly vscode.CodeAction[] {
  const words = context.words.findings;
  const relays = relaysKnown(context);
  const file = { path: pathOf(document), text: document.getText() };
  const finding = findIn(file, { relays: hostsOf(relays), isNamedKey: () => true }).find(({ start, end }) =>
    diagnostic.range.isEqual(rangeIn(document, { start, end })),
  );
  if (finding === undefined) return [];
  const leave = new vscode.CodeAction(words.leaveAlone, vscode.CodeActionKind.QuickFix);
  leave.diagnostics = [diagnostic];
  leave.command = {
    command: LEAVE_ALONE,
    title: words.leaveAlone,
    arguments: [document.uri, diagnostic.range.start.line],
  };
  return [...pointing(), leave];

  function pointing(): readonly vscode.CodeAction[] {
    if (relays.length === 0) {
      const signIn = new vscode.CodeAction(words.signIn, vscode.CodeActionKind.QuickFix);
      signIn.diagnostics = [diagnostic];
      signIn.command = { command: SIGN_IN, title: words.signIn };
      return finding!.part === null ? [] : [signIn];
    }
    return relays.flatMap((relay, index) => {
      const fix = fixFor(file, finding!, relay);
      if (fix === null) return [];
      const point = (title: string, isShownFirst: boolean) => {
        const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
        action.diagnostics = [diagnostic];
        action.isPreferred = index === 0 && !isShownFirst;
        action.edit = editOf(
          document,
          isShownFirst ? [inOne(file.text, fix.edits)] : fix.edits,
          isShownFirst,
          words,
        );
        action.command = { command: FIXED, title, arguments: [fix.token] };
        return action;
      };
      return [point(words.point(relay.name), false), point(words.pointShownFirst(relay.name), true)];
    });
  }
}

/** One edit in place of several, so that it is agreed to as a whole or not at all. */
function inOne(text: string, edits: readonly Edit[]): Edit {
  const [start, end] = [
    Math.min(...edits.map((each) => each.start)),
    Math.max(...edits.map((each) => each.end)),
  ];
  const within = edits.map((each) => ({ ...each, start: each.start - start, end: each.end - start }));
  return { start, end, text: applied(text.slice(start, end), within) };
}

/** Undone as one; `isShownFirst`: the editor shows it, and asks, before it does it. */
function editOf(
  document: vscode.TextDocument,
  edits: readonly Edit[],
  isShownFirst: boolean,
  words: SluiceContext['words']['findings'],
): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  const metadata = { needsConfirmation: true, label: words.pointLabel, description: words.pointDescription };
  for (const { start, end, text } of edits)
    edit.replace(document.uri, rangeIn(document, { start, end }), text, isShownFirst ? metadata : undefined);
  return edit;
}

function rangeIn(
  document: vscode.TextDocument,
  { start, end }: Pick<Finding, 'start' | 'end'>,
): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}

function pathOf(document: vscode.TextDocument): string {
  const path = (vscode.workspace.workspaceFolders ?? [])
    .map((folder) => pathIn(folder, document.uri))
    .find((each) => each !== null);
  const known = path ?? document.uri.path;
  return document.uri.scheme === 'vscode-notebook-cell' ? `${known}#${document.uri.fragment}.py` : known;
}

/** By a comment above the line; by the folder's settings where a file has no comments. */
async function leaveAlone({ words }: SluiceContext, uri: vscode.Uri, line: number): Promise<void> {
  const reason = await vscode.window.showInputBox({
    prompt: words.findings.askReason,
    validateInput: (text) => (text.trim() === '' ? words.findings.needsReason : null),
  });
  if (reason === undefined || reason.trim() === '') return;
  const document = await vscode.workspace.openTextDocument(uri);
  const comment = commentFor(pathOf(document));
  if (comment !== null) {
    const indent = /^\s*/.exec(document.lineAt(line).text)![0];
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(line, 0), `${indent}${comment} sluice:ignore ${reason.trim()}\n`);
    await vscode.workspace.applyEdit(edit);
    return;
  }
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const settings = vscode.workspace.getConfiguration('sluice.findings', uri);
  const listed = settings.get<readonly object[]>('ignore') ?? [];
  const path = folder === undefined ? uri.path : (pathIn(folder, uri) ?? uri.path);
  await settings.update(
    'ignore',
    [...listed, { path, reason: reason.trim() }],
    folder === undefined ? vscode.ConfigurationTarget.Global : vscode.ConfigurationTarget.WorkspaceFolder,
  );
}
