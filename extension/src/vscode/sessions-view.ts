import * as vscode from 'vscode';
import type { SluiceContext } from './context.ts';
import type { SessionsNode, SessionsTree } from './sessions/sessions-tree.ts';

/** The view of one's own sessions and of what waits for approval. It is filled when it is first looked at. */
export function registerSessionsView(context: SluiceContext): vscode.Disposable {
  const changed = new vscode.EventEmitter<SessionsNode | undefined>();
  let tree: SessionsTree | null = null;
  let loading: Promise<SessionsTree> | null = null;
  const loaded = async (): Promise<SessionsTree> => {
    loading ??= import('./sessions/sessions-tree.ts').then(({ createSessionsTree }) =>
      createSessionsTree(context, view, (node) => changed.fire(node)),
    );
    tree = await loading;
    return tree;
  };
  const view: vscode.TreeView<SessionsNode> = vscode.window.createTreeView('sluice.sessions', {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem: (node: SessionsNode) => tree!.item(node),
      getChildren: async (node?: SessionsNode) => [...(await loaded()).children(node ?? null)],
    },
  });
  const command = (id: string, run: (tree: SessionsTree, node: SessionsNode) => Promise<void>) =>
    vscode.commands.registerCommand(id, async (node: SessionsNode) => await run(await loaded(), node));
  return vscode.Disposable.from(
    view,
    changed,
    command('sluice.sessions.refresh', async (one) => await one.refresh()),
    command('sluice.sessions.more', async (one, node) => await one.more(node)),
    command('sluice.sessions.withdraw', async (one, node) => await one.withdraw(node)),
    command('sluice.sessions.replay', async (one, node) => await one.replay(node)),
    command('sluice.sessions.openInBrowser', async (one, node) => await one.openInBrowser(node)),
    command('sluice.sessions.openInDesktop', async (one, node) => await one.openInDesktop(node)),
    { dispose: () => tree?.dispose() },
  );
}
