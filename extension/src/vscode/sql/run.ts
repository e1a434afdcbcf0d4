import * as vscode from 'vscode';
import { readScript, type Script, type Span, statementAt } from '../../sql/index.ts';
import type { Account } from '../accounts.ts';
import type { SluiceContext } from '../context.ts';
import type { ScriptStore } from './script-store.ts';
import { accountOf, type Sources } from './sources.ts';

/** What `sluice.results.run` answers. */
interface Outcome {
  readonly state: { readonly phase: string };
}

/** Runs statements one after another, each shown in the results panel, until one of them does not succeed. */
export interface Runner {
  /** The selection, or the statement that the caret is in. */
  runHere(editor: vscode.TextEditor): Promise<void>;
  runAll(document: vscode.TextDocument): Promise<void>;
  /** The statement at a place. */
  runAt(document: vscode.TextDocument, offset: number): Promise<void>;
}

export function createRunner(
  { accounts, words }: SluiceContext,
  scripts: ScriptStore,
  sources: Sources,
): Runner {
  const run = async (
    document: vscode.TextDocument,
    statements: readonly string[],
    kinds: readonly string[],
  ) => {
    if (statements.length === 0) {
      void vscode.window.showInformationMessage(words.sql.nothingToRun);
      return;
    }
    const account = await accountFor(document.uri);
    if (account === null) return;
    try {
      if (statements.length === 1) await runOne(account, statements[0]!);
      else await runSeveral(account, statements);
    } finally {
      // Where names are looked up, and what there is, may be other than before.
      if (kinds.some((kind) => !READ_ONLY.has(kind))) (await sources.of(document))?.forget();
    }
  };
  const accountFor = async (uri: vscode.Uri): Promise<Account | null> => {
    const chosen = accountOf(accounts, uri);
    if (chosen !== null || accounts.all().length > 0) return chosen ?? (await missing());
    return await accounts.demand();
  };
  /** The setting names a relay that nobody is signed in at: it must not go to another one. */
  const missing = async (): Promise<null> => {
    const choose = words.sql.chooseRelay;
    const answer = await vscode.window.showWarningMessage(words.sql.relayMissing, choose);
    if (answer === choose) await vscode.commands.executeCommand('sluice.sql.chooseRelay');
    return null;
  };
  const runOne = async (account: Account, sql: string, token?: vscode.CancellationToken) => {
    const order = { account: account.id, sql, ...(token === undefined ? {} : { token }) };
    return await vscode.commands.executeCommand<Outcome | undefined>('sluice.results.run', order);
  };
  const runSeveral = async (account: Account, statements: readonly string[]) => {
    const options = {
      location: vscode.ProgressLocation.Notification,
      cancellable: true,
      title: words.sql.running,
    };
    await vscode.window.withProgress(options, async (progress, token) => {
      for (const [at, sql] of statements.entries()) {
        if (token.isCancellationRequested) return;
        progress.report({
          message: words.sql.runningOf(at + 1, statements.length),
          increment: 100 / statements.length,
        });
        const outcome = await runOne(account, sql, token);
        if (outcome?.state.phase === 'succeeded') continue;
        if (at + 1 < statements.length)
          void vscode.window.showWarningMessage(words.sql.stopped(at + 1, statements.length));
        return;
      }
    });
  };
  const runScript = async (document: vscode.TextDocument, text: string, { statements }: Script) => {
    const kinds = statements.map(({ kind }) => kind);
    await run(
      document,
      statements.map((statement) => sqlOf(text, statement)),
      kinds,
    );
  };

  return {
    async runHere({ document, selection }) {
      if (!selection.isEmpty) {
        const text = document.getText(selection);
        await runScript(document, text, readScript(text));
        return;
      }
      await this.runAt(document, document.offsetAt(selection.active));
    },
    runAll: async (document) => await runScript(document, document.getText(), await scripts.read(document)),
    async runAt(document, offset) {
      const text = document.getText();
      const script = await scripts.read(document);
      const statement = script.statements[statementAt(script, text, offset)];
      const found = statement === undefined ? [] : [statement];
      await run(
        document,
        found.map((one) => sqlOf(text, one)),
        found.map(({ kind }) => kind),
      );
    },
  };
}

const READ_ONLY: ReadonlySet<string> = new Set([
  'select',
  'show',
  'describe',
  'explain',
  'insert',
  'update',
  'delete',
  'merge',
]);

function sqlOf(text: string, { start, end }: Span): string {
  return text.slice(start, end);
}
