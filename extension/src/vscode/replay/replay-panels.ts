import { serveFetch } from '@sluice/console/fetch-port';
import * as vscode from 'vscode';
import { fromReplay, type ToReplay } from '../../replay/messages.ts';
import { replayRequest } from '../../replay/replay-request.ts';
import type { Account } from '../accounts.ts';
import type { SluiceContext } from '../context.ts';
import { webviewPage, webviewsFolder } from '../webview-page.ts';
import { answerCalls } from './answer-calls.ts';

/** `sluice.replay.open`: which session, and where in it to begin. */
export interface ReplayCommand {
  /** An account's id. */
  readonly account: string;
  readonly session: string;
  readonly statement?: string;
  /** The `seq` of an event. */
  readonly at?: number;
}

/** A tab for each session that is replayed. */
export interface ReplayPanels extends vscode.Disposable {
  open(order: ReplayCommand): void;
}

export function createReplayPanels(context: SluiceContext): ReplayPanels {
  const words = context.words.sessions.replay;
  const panels = new Map<string, vscode.WebviewPanel>();
  const begin = (order: ReplayCommand, account: Account, key: string) => {
    const panel = vscode.window.createWebviewPanel('sluice.replay', words.title, vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [webviewsFolder(context.extensionUri)],
    });
    panels.set(key, panel);
    const { webview } = panel;
    const isThere = () => panels.get(key) === panel;
    const post = (message: unknown) => {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- an editor's, and not a window's
      if (isThere()) void webview.postMessage(message);
    };
    const tell = (message: ToReplay) => post(message);
    const relay = {
      url: account.url,
      token: async (how: { readonly renew: boolean }) => await account.token(how),
      fetch,
    };
    const isSignedIn = () => context.accounts.all().some(({ id }) => id === account.id);
    const endFetches = serveFetch(
      { post, listen: (listener) => void webview.onDidReceiveMessage(listener) },
      async (asked) => await replayRequest(asked, relay),
    );
    const calls = answerCalls(account, { isSignedIn, tell });
    const watch = context.accounts.onDidChange(calls.changed);
    webview.onDidReceiveMessage((message) => {
      const told = fromReplay.safeParse(message);
      if (!told.success) return;
      const { data } = told;
      if (data.type === 'ready') {
        // Hidden and shown again, it is another page: what the one before asked for is for nobody.
        calls.begin();
        const { session, at = null, statement = null } = order;
        tell({ type: 'open', session, at, statement });
      } else if (data.type === 'leave') openElsewhere(account, data.path);
      else void calls.answer(data);
    });
    panel.onDidDispose(() => {
      panels.delete(key);
      endFetches();
      calls.end();
      watch.dispose();
    });
    webview.html = webviewPage(webview, {
      extensionUri: context.extensionUri,
      name: 'replay',
      title: words.title,
      hasWorkers: true,
    });
  };
  return {
    open(order) {
      const account = context.accounts.all().find(({ id }) => id === order.account);
      if (account === undefined) {
        void vscode.window.showErrorMessage(`${words.cannotOpen}. ${words.signedOut}`);
        return;
      }
      const key = `${order.account} ${order.session} ${order.statement ?? order.at ?? ''}`;
      const panel = panels.get(key);
      if (panel === undefined) begin(order, account, key);
      else panel.reveal();
    },
    dispose() {
      for (const panel of panels.values()) panel.dispose();
    },
  };
}

/** Other pages of the console are the browser's. A page says which, and never whose. */
function openElsewhere({ url }: Account, path: string): void {
  if (/^\/console(\/|\?|$)/.test(path)) void vscode.env.openExternal(vscode.Uri.parse(`${url}${path}`));
}
