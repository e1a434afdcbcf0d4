import * as vscode from 'vscode';
import { registerAuthenticationProvider } from './vscode/authentication-provider.ts';
import type { SluiceContext } from './vscode/context.ts';
import { registerAgentTools } from './vscode/agent-tools.ts';
import { registerAskForAccess } from './vscode/ask-for-access.ts';
import { registerChatParticipant } from './vscode/chat-participant.ts';
import { registerHook } from './vscode/hook.ts';
import { registerFindings } from './vscode/findings.ts';
import { registerLog } from './vscode/log.ts';
import { registerReplay } from './vscode/replay.ts';
import { registerResults } from './vscode/results.ts';
import { registerRelayCommands } from './vscode/relay-commands.ts';
import { createRelays } from './vscode/relays.ts';
import { createSignIn } from './vscode/sign-in.ts';
import { registerSql } from './vscode/sql.ts';
import { registerUriReturns } from './vscode/sign-in-way.ts';
import { registerSessionsView } from './vscode/sessions-view.ts';
import { registerStatusBar } from './vscode/status-bar.ts';
import { registerWalkthrough } from './vscode/walkthrough.ts';
import { registerMcpServers } from './vscode/mcp-servers.ts';
import { WORDS } from './words.ts';

/** Composition only. What takes time is imported where it is first used. */
export function activate(extension: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel(WORDS.product, { log: true });
  const uris = registerUriReturns();
  const relays = createRelays({
    extension,
    askToSignIn: async () => await signIn.signIn(),
    onSoonOver: ({ name }, until) => {
      const minutes = Math.max(1, Math.round((until - Date.now()) / 60_000));
      void vscode.window.showWarningMessage(WORDS.signIn.soonOver(name, minutes));
    },
  });
  const signIn = createSignIn({ relays, words: WORDS.signIn, log, uris });
  const context: SluiceContext = {
    accounts: relays,
    relays,
    signIn,
    words: WORDS,
    log,
    subscriptions: extension.subscriptions,
    extensionUri: extension.extensionUri,
    extension,
  };
  extension.subscriptions.push(log, uris, relays, ...CONTRIBUTIONS.map((register) => register(context)));
  // Once the editor has shown what it has to show.
  void relays.start();
}

/** In the order in which they are made. */
const CONTRIBUTIONS: readonly ((context: SluiceContext) => vscode.Disposable)[] = [
  registerLog,
  registerResults,
  registerSql,
  registerAuthenticationProvider,
  registerRelayCommands,
  registerStatusBar,
  registerWalkthrough,
  registerAgentTools,
  registerMcpServers,
  registerChatParticipant,
  registerAskForAccess,
  registerReplay,
  registerSessionsView,
  registerHook,
  registerFindings,
];
