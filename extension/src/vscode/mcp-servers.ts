import * as vscode from 'vscode';
import type { Account } from './accounts.ts';
import type { SluiceContext } from './context.ts';

/** Milliseconds before a token ends that its server is offered anew, with the next one. */
const AHEAD_MS = 60_000;

/**
 * Each relay that somebody is signed in at, as an MCP server: with the token that is good when it starts, and offered anew
 * when that one ends or the relays change.
 */
export function registerMcpServers({ accounts }: SluiceContext): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const timers = new Map<string, NodeJS.Timeout>();
  const versions = new Map<string, number>();
  const renew = (id: string) => {
    versions.set(id, (versions.get(id) ?? 0) + 1);
    changed.fire();
  };
  const provider: vscode.McpServerDefinitionProvider<vscode.McpHttpServerDefinition> = {
    onDidChangeMcpServerDefinitions: changed.event,
    provideMcpServerDefinitions: () => accounts.all().map((account) => serverOf(account, versions)),
    async resolveMcpServerDefinition(server) {
      const account = accounts.all().find((one) => endpointOf(one) === server.uri.toString(true));
      if (account === undefined) return undefined;
      const token = await account.token();
      server.headers = { authorization: `Bearer ${token}` };
      clearTimeout(timers.get(account.id));
      const ends = endOf(token);
      if (ends !== null)
        timers.set(
          account.id,
          setTimeout(() => renew(account.id), Math.max(AHEAD_MS, ends - Date.now() - AHEAD_MS)),
        );
      return server;
    },
  };
  return vscode.Disposable.from(
    changed,
    accounts.onDidChange(() => changed.fire()),
    vscode.lm.registerMcpServerDefinitionProvider('sluice.relay', provider),
    { dispose: () => timers.forEach((timer) => clearTimeout(timer)) },
  );
}

function serverOf(account: Account, versions: ReadonlyMap<string, number>): vscode.McpHttpServerDefinition {
  const uri = vscode.Uri.parse(endpointOf(account), true);
  // No token before the server is started: what is offered is kept by the editor.
  return new vscode.McpHttpServerDefinition(
    account.name,
    uri,
    {},
    `${account.person.id} ${versions.get(account.id) ?? 0}`,
  );
}

function endpointOf({ url }: Account): string {
  return vscode.Uri.parse(`${url}/mcp`, true).toString(true);
}

/** When a token says that it ends, in milliseconds; null for one that says nothing. */
function endOf(token: string): number | null {
  try {
    const { exp: seconds } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      readonly exp?: unknown;
    };
    return typeof seconds === 'number' ? seconds * 1_000 : null;
  } catch {
    return null;
  }
}
