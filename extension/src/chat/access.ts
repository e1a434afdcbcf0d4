import { codeBlock } from '../markdown/index.ts';
import { WORDS } from '../words.ts';
import { offerAccess } from './offer-access.ts';
import { type ChatMemory, type ChatPorts, type ChatTurn, CHAT_AGENT } from './ports.ts';
import { showExplanation } from './show-explanation.ts';
import { statementIn } from './statement-in.ts';

const words = WORDS.agents.chat;

/** `/access`: whether people would be asked about a statement, who, and a form to ask them ahead. */
export async function access(turn: ChatTurn, ports: ChatPorts): Promise<ChatMemory> {
  const { out, client, signal } = ports;
  const { conversation } = turn;
  const sql = statementIn(turn);
  if (sql === null) {
    out.markdown(words.nothingToAskFor);
    return { conversation, sql, outcome: 'none' };
  }
  out.progress(words.asking);
  const explanation = await client.statements.explain({ body: { sql, agent: CHAT_AGENT } }, { signal });
  out.markdown(codeBlock(sql, 'sql'));
  const { verdict } = showExplanation(explanation, out);
  if (verdict !== 'held') out.markdown(`${verdict === 'refused' ? words.notForAsking : words.notNeeded}\n\n`);
  else if (!offerAccess(sql, turn, explanation, ports)) out.markdown(`${words.notForAsking}\n\n`);
  return { conversation, sql, outcome: verdict === 'refused' ? 'refused' : 'explained' };
}
