import * as vscode from 'vscode';
import type { ChatMemory, ChatPorts, ChatTurn } from '../chat/index.ts';
import { abortSignalOf } from './abort-signal.ts';
import type { Account } from './accounts.ts';
import type { SluiceContext } from './context.ts';

const ID = 'sluice.chat';

/** `@sluice`: in the local harness' chat. */
export function registerChatParticipant(context: SluiceContext): vscode.Disposable {
  const participant = vscode.chat.createChatParticipant(ID, async (request, past, stream, token) => {
    const { accounts, words, log } = context;
    const conversation = conversationOf(past);
    const nothing: ChatMemory = { conversation, sql: null, outcome: 'none' };
    const account = accounts.current();
    if (account === null) {
      stream.markdown(words.agents.chat.notSignedIn);
      stream.button({ command: 'sluice.signIn', title: words.agents.chat.signIn });
      return { metadata: nothing };
    }
    const [{ answerTurn }, { isRelayError }] = await Promise.all([
      import('../chat/index.ts'),
      import('@sluice/contract'),
    ]);
    const signal = abortSignalOf(token);
    try {
      const ports = await portsOf(account, request, stream, signal);
      const turn = await turnOf(request, past, conversation);
      return { metadata: await answerTurn(request.command, turn, ports) };
    } catch (error) {
      if (signal.aborted) {
        stream.markdown(`\n\n${words.agents.chat.stopped}`);
        return { metadata: nothing };
      }
      const isToldByRelay = isRelayError(error);
      const message = error instanceof Error ? error.message : String(error);
      log.error(`@sluice: ${message}`);
      const advice = isToldByRelay ? error.advice : '';
      return { metadata: nothing, errorDetails: { message: words.agents.chat.failed(message, advice) } };
    }
  });
  participant.iconPath = new vscode.ThemeIcon('shield');
  participant.followupProvider = {
    async provideFollowups({ metadata }) {
      const { followUps } = await import('../chat/index.ts');
      return isMemory(metadata) ? followUps(metadata).map((next) => ({ ...next })) : [];
    },
  };
  return participant;
}

/** The editor tells a participant no name of the conversation: it is given one with its first answer. */
function conversationOf({ history }: vscode.ChatContext): string {
  for (const turn of history.toReversed()) {
    if (turn instanceof vscode.ChatResponseTurn && isMemory(turn.result.metadata))
      return turn.result.metadata.conversation;
  }
  return crypto.randomUUID();
}

async function portsOf(
  account: Account,
  { model }: vscode.ChatRequest,
  stream: vscode.ChatResponseStream,
  signal: AbortSignal,
): Promise<ChatPorts> {
  return {
    client: await account.client(),
    account: account.id,
    signal,
    model: {
      async *send(messages, until) {
        const cancelling = new vscode.CancellationTokenSource();
        const stop = () => cancelling.cancel();
        until.addEventListener('abort', stop, { once: true });
        try {
          const sent = messages.map(({ by, text }) =>
            by === 'person'
              ? vscode.LanguageModelChatMessage.User(text)
              : vscode.LanguageModelChatMessage.Assistant(text),
          );
          yield* (await model.sendRequest(sent, {}, cancelling.token)).text;
        } finally {
          until.removeEventListener('abort', stop);
          cancelling.dispose();
        }
      },
      count: async (text) => await model.countTokens(text),
    },
    out: {
      markdown: (text) => stream.markdown(text),
      progress: (text) => stream.progress(text),
      button: ({ command, title, argument }) => stream.button({ command, title, arguments: [argument] }),
    },
  };
}

async function turnOf(
  { prompt, references }: vscode.ChatRequest,
  { history }: vscode.ChatContext,
  conversation: string,
): Promise<ChatTurn> {
  let asked: string | null = null;
  const before: { prompt: string; memory: ChatMemory }[] = [];
  for (const turn of history) {
    if (turn instanceof vscode.ChatRequestTurn) asked = turn.prompt;
    else if (asked !== null && isMemory(turn.result.metadata))
      before.push({ prompt: asked, memory: turn.result.metadata });
  }
  return { prompt, conversation, before, selection: await selectedText(references) };
}

/** What was attached to the question, or is selected in an editor of SQL. */
async function selectedText(references: readonly vscode.ChatPromptReference[]): Promise<string | null> {
  for (const { value } of references) {
    if (value instanceof vscode.Location) {
      const document = await vscode.workspace.openTextDocument(value.uri);
      return textOrNull(document.getText(value.range));
    }
  }
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || !/sql/.test(editor.document.languageId)) return null;
  return textOrNull(editor.document.getText(editor.selection));
}

function textOrNull(text: string): string | null {
  return text.trim() === '' ? null : text;
}

function isMemory(metadata: unknown): metadata is ChatMemory {
  const { conversation, outcome } = Object(metadata) as Partial<ChatMemory>;
  return typeof conversation === 'string' && typeof outcome === 'string';
}
