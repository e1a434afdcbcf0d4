import * as vscode from 'vscode';
import type { SluiceContext } from './context.ts';

/** What a button fills in; the palette fills in nothing. */
interface Filled {
  readonly account?: string;
  readonly sql?: string;
  readonly purpose?: string;
  /** Null for the editor itself. */
  readonly agent?: string | null;
  /** Where names are looked up, if not in the session's own. */
  readonly within?: { readonly database?: string; readonly schema?: string };
  readonly upToSeconds?: number;
}

/** `Sluice: Ask for Access…`: a form in steps. Nobody is asked before its end. */
export function registerAskForAccess(context: SluiceContext): vscode.Disposable {
  return vscode.commands.registerCommand('sluice.askForAccess', async (filled: Filled = {}) => {
    const { accounts, words, log } = context;
    const account = accounts.all().find(({ id }) => id === filled.account) ?? (await accounts.demand());
    if (account === null) return;
    const asked = await askedFor(filled, words.agents.access);
    if (asked === null) return;
    const { isRelayError } = await import('@sluice/contract');
    try {
      const client = await account.client();
      const answer = await client.access.ask({ body: { version: 1, ...asked } });
      const said =
        'decision' in answer
          ? words.agents.access.notNeeded
          : words.agents.access.asked(answer.needed, answer.approvers);
      void vscode.window.showInformationMessage(said);
    } catch (error) {
      if (!isRelayError(error)) throw error;
      log.error(`ask for access: ${error.message}`);
      void vscode.window.showErrorMessage(words.agents.chat.failed(error.message, error.advice));
    }
  });
}

async function askedFor(filled: Filled, words: SluiceContext['words']['agents']['access']) {
  const editor = vscode.window.activeTextEditor;
  const selected = editor?.document.getText(editor.selection) ?? '';
  const sql = filled.sql ?? (await asText(words.sql, selected, (text) => text.trim() !== ''));
  if (sql === undefined) return null;
  const agent = filled.agent === undefined ? await agentOf(words) : filled.agent;
  if (agent === undefined) return null;
  const purpose = await asText(words.purpose, filled.purpose ?? '', isLongEnough, words.tooShort);
  if (purpose === undefined) return null;
  const most = filled.upToSeconds === undefined ? null : Math.floor(filled.upToSeconds / 60);
  const minutes = await asNumber(words.minutes, Math.min(60, most ?? 60), most, words);
  if (minutes === undefined) return null;
  const rows = await asNumber(words.rows, 100, null, words);
  if (rows === undefined) return null;
  const rowsInAll = await asNumber(words.rowsInAll, rows * 10, null, words);
  if (rowsInAll === undefined) return null;
  const program = agent === null ? {} : { agent };
  return { sql, ...filled.within, ...program, purpose, seconds: minutes * 60, rows, rowsInAll };
}

/** Access is for one program: that of another is of no use to it. */
async function agentOf(words: SluiceContext['words']['agents']['access']): Promise<string | undefined> {
  const { CHAT_AGENT } = await import('../chat/index.ts');
  const { TOOLS_AGENT } = await import('../tools/index.ts');
  const items = [
    { label: words.ofTools, agent: TOOLS_AGENT },
    { label: words.ofChat, agent: CHAT_AGENT },
  ];
  return (await vscode.window.showQuickPick(items, { title: words.which, ignoreFocusOut: true }))?.agent;
}

function isLongEnough(text: string): boolean {
  return text.trim().length >= 10;
}

async function asText(
  prompt: string,
  value: string,
  isGood: (text: string) => boolean,
  wrong = prompt,
): Promise<string | undefined> {
  return await vscode.window.showInputBox({
    title: prompt,
    prompt,
    value,
    ignoreFocusOut: true,
    validateInput: (text) => (isGood(text) ? null : wrong),
  });
}

async function asNumber(
  prompt: string,
  value: number,
  most: number | null,
  words: SluiceContext['words']['agents']['access'],
): Promise<number | undefined> {
  const isGood = (text: string) =>
    /^[1-9]\d{0,8}$/.test(text.trim()) && Number(text) <= (most ?? Number.POSITIVE_INFINITY);
  const given = await asText(prompt, String(value), isGood, words.number(most));
  return given === undefined ? undefined : Number(given);
}
