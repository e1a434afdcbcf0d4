import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { createHistory, type HistoryEntry } from '../../results/history.ts';
import { type FromPage, fromPage, type ToPage } from '../../results/messages.ts';
import { type RunOrder, startRun } from '../../results/run.ts';
import { shownEntry, shownRun } from '../../results/shown-run.ts';
import { RESULT_WORDS as WORDS } from '../../words/results.ts';
import type { Account } from '../accounts.ts';
import type { SluiceContext } from '../context.ts';
import type { OpenCommand, RunCommand, RunOutcome } from './commands.ts';
import { webviewPage, webviewsFolder } from '../webview-page.ts';
import { answerPage, isAnswered } from './answer-page.ts';
import { exportResult } from './export-result.ts';

/** One tab, which shows one run at a time: the newest, or what is chosen from the history. */
export interface ResultsView extends vscode.Disposable {
  run(order: RunCommand): Promise<RunOutcome>;
  open(order: OpenCommand): Promise<void>;
  /** The tab, with what it showed last. */
  reveal(): void;
}

export function createResultsView(context: SluiceContext): ResultsView {
  const history = createHistory();
  let panel: vscode.WebviewPanel | null = null;
  let shown: HistoryEntry | null = null;
  let endNews = () => {};
  const accountOf = (id: string): Account | null =>
    context.accounts.all().find((account) => account.id === id) ?? null;
  const post = (message: ToPage) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- an editor's, and not a window's
    void panel?.webview.postMessage(message);
  };
  const postRun = () => {
    const relay = shown === null ? null : accountOf(shown.account);
    post({ type: 'run', run: shown === null ? null : shownRun(shown, relay?.name ?? '') });
  };
  const postHistory = () => post({ type: 'history', entries: history.entries().map(shownEntry) });
  const say = (text: string) => post({ type: 'said', text });
  history.onChange(postHistory);

  const show = (entry: HistoryEntry | null) => {
    endNews();
    shown = entry;
    endNews = entry?.run.onChange(postRun) ?? (() => {});
    postRun();
  };
  const reveal = () => {
    if (panel !== null) {
      panel.reveal(undefined, true);
      return;
    }
    panel = vscode.window.createWebviewPanel(
      'sluice.results',
      WORDS.title,
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [webviewsFolder(context.extensionUri)] },
    );
    panel.webview.onDidReceiveMessage((message) => {
      const asked = fromPage.safeParse(message);
      if (asked.success) void answer(asked.data);
      else context.log.warn('a message of the results page is not one that is agreed upon');
    });
    panel.onDidDispose(() => {
      panel = null;
    });
    panel.webview.html = webviewPage(panel.webview, {
      extensionUri: context.extensionUri,
      name: 'results',
      title: WORDS.title,
    });
  };

  const begin = async (account: Account, order: RunOrder): Promise<HistoryEntry> => {
    const [client, live] = await Promise.all([account.client(), account.live().catch(() => null)]);
    const run = startRun(order, {
      client,
      live,
      now: Date.now,
      newId: randomUUID,
      sleep: async (ms, signal) => await sleep(ms, undefined, { signal }),
    });
    const entry: HistoryEntry = { id: randomUUID(), account: account.id, run };
    history.add(entry);
    reveal();
    show(entry);
    return entry;
  };

  const answer = async (asked: FromPage): Promise<void> => {
    if (asked.type === 'ready') {
      postRun();
      postHistory();
      return;
    }
    if (asked.type === 'clear') {
      history.clear();
      return;
    }
    const entry = history.find(asked.run);
    if (entry === null) return;
    const account = accountOf(entry.account);
    if (asked.type === 'show') {
      show(entry);
      return;
    }
    if (account === null) {
      if (isAnswered(asked)) post(refusal(asked.ask, WORDS.said.signedOut));
      else say(WORDS.said.signedOut);
      return;
    }
    if (isAnswered(asked)) {
      post(await answerPage(asked, entry.run, await account.client()));
      return;
    }
    await act(asked, entry, account);
  };
  const act = async (
    asked: Exclude<FromPage, { ask: number } | { type: 'ready' | 'clear' | 'show' }>,
    { run }: HistoryEntry,
    account: Account,
  ) => {
    const state = run.state();
    switch (asked.type) {
      case 'cancel':
        await run.cancel();
        return;
      case 'again':
        await begin(account, { sql: run.sql });
        return;
      case 'copy':
        say(await exportResult.copy(asked, run, await account.client()));
        return;
      case 'export': {
        const said = await exportResult.toFile(asked.as, run, await account.client());
        if (said !== null) say(said);
        return;
      }
      case 'open_sql': {
        const proposal = state.phase === 'failed' ? state.error.proposal : null;
        const content = asked.which === 'proposal' ? proposal : run.sql;
        if (content === null) return;
        const document = await vscode.workspace.openTextDocument({ language: 'sql', content });
        // Not in the place of the result that it came from.
        const { One, Beside } = vscode.ViewColumn;
        await vscode.window.showTextDocument(document, panel?.viewColumn === One ? Beside : One);
        return;
      }
      case 'open_request': {
        if (state.phase !== 'held') return;
        const { approval } = state.asked;
        const link =
          asked.where === 'desktop'
            ? `sluice://request/${approval}`
            : `${account.url}/console/approvals/${approval}`;
        if (!(await vscode.env.openExternal(vscode.Uri.parse(link))) && asked.where === 'desktop') {
          say(WORDS.said.noDesktop);
        }
        return;
      }
      case 'open_replay': {
        const [session, statement] = [run.session(), run.statement()];
        if (session === null || statement === null) return;
        await vscode.commands.executeCommand('sluice.replay.open', {
          account: account.id,
          session,
          statement,
        });
        return;
      }
      default:
        asked satisfies never;
    }
  };

  return {
    async run({ account: id, token, ...order }) {
      const account = id === undefined ? await context.accounts.demand() : accountOf(id);
      if (account === null) throw new Error(WORDS.said.signedOut);
      const { run } = await begin(account, order);
      const stop = token?.onCancellationRequested(() => void run.cancel());
      if (token?.isCancellationRequested === true) void run.cancel();
      const state = await run.settled;
      stop?.dispose();
      return { statement: run.statement(), state };
    },
    async open({ account: id, sql, statement }) {
      const account = accountOf(id);
      if (account === null) throw new Error(WORDS.said.signedOut);
      await begin(account, { sql, statement });
    },
    reveal() {
      reveal();
      postRun();
    },
    dispose() {
      endNews();
      panel?.dispose();
      for (const { run } of history.entries()) run.leave();
    },
  };
}

function refusal(ask: number, message: string): ToPage {
  return { type: 'refused', ask, code: 'signed_out', message, advice: '' };
}
