import * as vscode from 'vscode';
import type { LeftOut } from '../../findings/index.ts';
import type { SluiceContext } from '../context.ts';
import { createFolderFindings, type FolderFindings } from './folder-findings.ts';
import { lookAtOwnProfiles } from './own-profiles.ts';
import { registerQuickFixes } from './quick-fixes.ts';
import { createCountReporter } from './report-counts.ts';

export interface Findings extends vscode.Disposable {
  /** Looks at every workspace folder anew, and says what came of it. */
  lookAndTell(): Promise<void>;
  lookAtOwnProfiles(): Promise<void>;
}

/** Typing is not looked at letter by letter. */
const QUIET_MS = 400;

export async function startFindings(context: SluiceContext): Promise<Findings> {
  const diagnostics = vscode.languages.createDiagnosticCollection('sluice.findings');
  const own = vscode.languages.createDiagnosticCollection('sluice.findings.own');
  let folders: readonly FolderFindings[] = [];
  let looking = new vscode.CancellationTokenSource();
  const files = () => folders.flatMap((each) => each.files());
  const reporter = createCountReporter(context, files);

  const look = async (): Promise<readonly LeftOut[]> => {
    looking.cancel();
    looking = new vscode.CancellationTokenSource();
    const { token } = looking;
    for (const folder of folders) folder.dispose();
    folders = (vscode.workspace.workspaceFolders ?? []).map((folder) =>
      createFolderFindings(context, folder, diagnostics, () => {}),
    );
    const left: LeftOut[] = [];
    for (const folder of folders) left.push(await folder.look(token));
    if (!token.isCancellationRequested) void reporter.consider();
    return left;
  };
  const again = () => void look();

  const timers = new Map<string, NodeJS.Timeout>();
  const edited = ({ document }: { readonly document: vscode.TextDocument }) => {
    const key = document.uri.toString();
    clearTimeout(timers.get(key));
    timers.set(
      key,
      setTimeout(() => {
        timers.delete(key);
        for (const folder of folders) folder.lookAt(document);
      }, QUIET_MS),
    );
  };

  const listening = [
    diagnostics,
    own,
    registerQuickFixes(context, look),
    vscode.workspace.onDidChangeTextDocument(edited),
    vscode.workspace.onDidOpenTextDocument((document) => edited({ document })),
    vscode.workspace.onDidChangeWorkspaceFolders(again),
    vscode.workspace.onDidGrantWorkspaceTrust(again),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('sluice.findings')) again();
    }),
    context.accounts.onDidChange(again),
  ];
  void look();

  return {
    async lookAndTell() {
      const left = await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: context.words.findings.looking },
        look,
      );
      await tell(context, files(), left);
    },
    lookAtOwnProfiles: async () => await lookAtOwnProfiles(context, own),
    dispose() {
      looking.cancel();
      for (const timer of timers.values()) clearTimeout(timer);
      for (const each of [...listening, ...folders]) each.dispose();
    },
  };
}

async function tell(
  { words: { findings: words } }: SluiceContext,
  files: ReturnType<FolderFindings['files']>,
  left: readonly LeftOut[],
): Promise<void> {
  const found = files.filter(({ findings }) => findings.length > 0);
  const count = found.reduce((sum, { findings }) => sum + findings.length, 0);
  const ignored = files.reduce((sum, file) => sum + file.ignored.length, 0);
  const out = leftOutIn(left, words);
  const text = [
    count === 0 ? words.none : words.some(count, found.length),
    ...(ignored === 0 ? [] : [words.ignored(ignored)]),
    ...(out.length === 0 ? [] : [words.notLookedAt(out.join(', '))]),
  ].join(' ');
  if (count === 0) return void vscode.window.showInformationMessage(text);
  const chosen = await vscode.window.showWarningMessage(text, words.showProblems);
  if (chosen === words.showProblems) await vscode.commands.executeCommand('workbench.actions.view.problems');
}

function leftOutIn(
  left: readonly LeftOut[],
  { leftOut: words }: SluiceContext['words']['findings'],
): readonly string[] {
  const sum = (what: 'large' | 'unreadable' | 'links' | 'folders') =>
    left.reduce((all, each) => all + each[what], 0);
  const counted = (['large', 'unreadable', 'links', 'folders'] as const)
    .map((what) => [what, sum(what)] as const)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => words[what](count));
  return left.some(({ more }) => more) ? [...counted, words.more] : counted;
}
