import type { ApprovalSummary, SessionSummary } from '@sluice/contract';
import { isRelayError } from '@sluice/contract';
import * as vscode from 'vscode';
import { nextTick, requestLine, sessionLine } from '../../sessions/lines.ts';
import { createOwnSessions, type OwnSessions } from '../../sessions/own-sessions.ts';
import type { Account } from '../accounts.ts';
import type { SluiceContext } from '../context.ts';

/** A line of the view. */
export type SessionsNode =
  | { readonly type: 'relay'; readonly account: Account }
  | { readonly type: 'waiting' | 'sessions'; readonly account: Account }
  | { readonly type: 'request'; readonly account: Account; readonly request: ApprovalSummary }
  | { readonly type: 'session'; readonly account: Account; readonly session: SessionSummary }
  | { readonly type: 'more'; readonly account: Account };

export interface SessionsTree extends vscode.Disposable {
  item(node: SessionsNode): vscode.TreeItem;
  children(node: SessionsNode | null): readonly SessionsNode[];
  refresh(): Promise<void>;
  more(node: SessionsNode): Promise<void>;
  withdraw(node: SessionsNode): Promise<void>;
  replay(node: SessionsNode): Promise<void>;
  openInBrowser(node: SessionsNode): Promise<void>;
  openInDesktop(node: SessionsNode): Promise<void>;
}

interface Followed {
  readonly account: Account;
  readonly own: OwnSessions;
}

/**
 * What each signed-in relay has recorded of the person, and what waits there. It follows the live channel.
 *
 * @param redraw a line with what is below it; all of them, when it is undefined.
 */
export function createSessionsTree(
  context: SluiceContext,
  view: Pick<vscode.TreeView<SessionsNode>, 'badge' | 'message'>,
  redraw: (node: SessionsNode | undefined) => void,
): SessionsTree {
  const words = context.words.sessions;
  const followed = new Map<string, Followed>();
  /** The same object for the same line, by which the editor keeps what is open and chosen. */
  const nodes = new Map<string, SessionsNode>();
  let tick: NodeJS.Timeout | null = null;
  const kept = (key: string, node: SessionsNode): SessionsNode => {
    nodes.set(key, node);
    return node;
  };

  const follow = async (account: Account) => {
    const [client, live] = await Promise.all([account.client(), account.live()]);
    if (!isSignedIn(account) || followed.has(account.id)) return;
    const own = createOwnSessions({
      person: account.person.id,
      client,
      live,
      after(ms, run) {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    });
    followed.set(account.id, { account, own });
    own.onChange(drawAll);
    await own.refresh();
  };
  const isSignedIn = ({ id }: Account) => context.accounts.all().some((account) => account.id === id);
  const followAll = () => {
    for (const [id, { account, own }] of followed) {
      if (isSignedIn(account)) continue;
      own.close();
      followed.delete(id);
    }
    for (const account of context.accounts.all()) {
      if (followed.has(account.id)) continue;
      follow(account).catch((error: unknown) => {
        context.log.warn(`the sessions at ${account.name} cannot be read: ${String(error)}`);
        drawAll();
      });
    }
    drawAll();
  };
  const all = () => [...followed.values()];
  const waitingOf = ({ own }: Followed) => own.now()?.waiting ?? [];

  const drawAll = () => {
    const waiting = all().flatMap(waitingOf).length;
    view.badge = waiting === 0 ? undefined : { value: waiting, tooltip: words.pending(waiting) };
    const problem = all()
      .find(({ own }) => own.problem() !== null)
      ?.own.problem();
    view.message = problem == null ? '' : words.old(problem);
    const state =
      context.accounts.all().length === 0 ? 'signed_out' : all().every(isEmpty) ? 'empty' : 'shown';
    void vscode.commands.executeCommand('setContext', 'sluice.sessions', isReading() ? 'reading' : state);
    redraw(undefined);
    runCountdown();
  };
  const isEmpty = ({ own }: Followed) => {
    const now = own.now();
    return now !== null && now.waiting.length === 0 && now.sessions.length === 0;
  };
  const isReading = () =>
    context.accounts.all().some(({ id }) => {
      const one = followed.get(id);
      return one === undefined || (one.own.now() === null && one.own.problem() === null);
    });
  /** Only the lines with a countdown are drawn anew. */
  const runCountdown = () => {
    if (tick !== null) clearTimeout(tick);
    tick = null;
    const ends = all()
      .flatMap(waitingOf)
      .map(({ expiresAt }) => Date.parse(expiresAt));
    if (ends.length === 0) return;
    tick = setTimeout(
      () => {
        for (const node of nodes.values()) if (node.type === 'request') redraw(node);
        runCountdown();
      },
      nextTick(Math.min(...ends) - Date.now()),
    );
  };

  const partsOf = (one: Followed): readonly SessionsNode[] => {
    const { account, own } = one;
    const now = own.now();
    if (now === null || isEmpty(one)) return [];
    const parts: SessionsNode[] = [];
    if (now.waiting.length > 0) parts.push(kept(`${account.id} waiting`, { type: 'waiting', account }));
    if (now.sessions.length > 0) parts.push(kept(`${account.id} sessions`, { type: 'sessions', account }));
    return parts;
  };
  const endWatch = context.accounts.onDidChange(followAll);
  followAll();

  return {
    item: (node) => itemOf(node, words),
    children(node) {
      if (node === null) {
        nodes.clear();
        const relays = all().filter((one) => !isEmpty(one));
        if (relays.length === 1) return partsOf(relays[0]!);
        return relays.map(({ account }) => kept(account.id, { type: 'relay', account }));
      }
      const one = followed.get(node.account.id);
      if (one === undefined) return [];
      const now = one.own.now();
      switch (node.type) {
        case 'relay':
          return partsOf(one);
        case 'waiting':
          return (now?.waiting ?? []).map((request) =>
            kept(`request ${request.id}`, { type: 'request', account: one.account, request }),
          );
        case 'sessions': {
          const lines: SessionsNode[] = (now?.sessions ?? []).map((session) => ({
            type: 'session',
            account: one.account,
            session,
          }));
          if (now?.hasMore === true) lines.push({ type: 'more', account: one.account });
          return lines;
        }
        case 'request':
        case 'session':
        case 'more':
          return [];
        default:
          return node satisfies never;
      }
    },
    async refresh() {
      followAll();
      await Promise.all(all().map(async ({ own }) => await own.refresh()));
    },
    more: async ({ account }) => await followed.get(account.id)?.own.more(),
    async withdraw(node) {
      const one = node.type === 'request' ? followed.get(node.account.id) : undefined;
      if (node.type !== 'request' || one === undefined) return;
      const { request } = node;
      const { ask, detail, detailAccess, yes, done, failed } = words.withdraw;
      const about = request.kind === 'access' ? detailAccess(request.sentence) : detail(request.sentence);
      if ((await vscode.window.showWarningMessage(ask, { modal: true, detail: about }, yes)) !== yes) return;
      try {
        await one.own.withdraw(request);
        void vscode.window.showInformationMessage(done);
      } catch (error) {
        const why = isRelayError(error) ? `${error.message}. ${error.advice}` : String(error);
        void vscode.window.showErrorMessage(`${failed}: ${why}`);
      }
    },
    async replay(node) {
      const session =
        node.type === 'session'
          ? node.session.session
          : node.type === 'request'
            ? node.request.session
            : null;
      if (session === null) return;
      const at = node.type === 'request' ? { statement: node.request.statement } : {};
      await vscode.commands.executeCommand('sluice.replay.open', {
        account: node.account.id,
        session,
        ...at,
      });
    },
    async openInBrowser(node) {
      const { url } = node.account;
      if (node.type === 'session') await open(`${url}/console/sessions/${node.session.session}`);
      if (node.type === 'request') await open(`${url}/console/approvals/${node.request.id}`);
    },
    async openInDesktop(node) {
      if (node.type !== 'request') return;
      if (!(await open(`sluice://request/${node.request.id}`))) {
        void vscode.window.showWarningMessage(words.noDesktop);
      }
    },
    dispose() {
      if (tick !== null) clearTimeout(tick);
      endWatch.dispose();
      for (const { own } of all()) own.close();
    },
  };
}

async function open(address: string): Promise<boolean> {
  return await vscode.env.openExternal(vscode.Uri.parse(address));
}

function itemOf(node: SessionsNode, words: SluiceContext['words']['sessions']): vscode.TreeItem {
  const { Expanded, None } = vscode.TreeItemCollapsibleState;
  switch (node.type) {
    case 'relay':
      return Object.assign(new vscode.TreeItem(node.account.name, Expanded), {
        id: `relay ${node.account.id}`,
        iconPath: new vscode.ThemeIcon('server-environment'),
      });
    case 'waiting':
    case 'sessions':
      return Object.assign(new vscode.TreeItem(words[node.type], Expanded), {
        id: `${node.account.id} ${node.type}`,
      });
    case 'request': {
      const { label, description, tooltip } = requestLine(node.request, Date.now(), words);
      return Object.assign(new vscode.TreeItem(label, None), {
        id: `request ${node.request.id}`,
        description,
        tooltip,
        contextValue: 'request',
        iconPath: new vscode.ThemeIcon('clock', new vscode.ThemeColor('editorWarning.foreground')),
        accessibilityInformation: { label: `${label}, ${description}` },
        command: { command: 'sluice.sessions.replay', title: '', arguments: [node] },
      });
    }
    case 'session': {
      const { label, description, tooltip } = sessionLine(node.session, Date.now(), words);
      return Object.assign(new vscode.TreeItem(label, None), {
        id: `session ${node.session.session}`,
        description,
        tooltip,
        contextValue: 'session',
        iconPath: new vscode.ThemeIcon(node.session.closedAt === null ? 'record' : 'history'),
        command: { command: 'sluice.sessions.replay', title: '', arguments: [node] },
      });
    }
    case 'more':
      return Object.assign(new vscode.TreeItem(words.more, None), {
        command: { command: 'sluice.sessions.more', title: '', arguments: [node] },
      });
    default:
      return node satisfies never;
  }
}
