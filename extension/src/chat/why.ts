import { codeBlock, inlineCode, plainText } from '../markdown/index.ts';
import { WORDS } from '../words.ts';
import { offerAccess } from './offer-access.ts';
import { type ChatMemory, type ChatPorts, type ChatTurn, CHAT_AGENT } from './ports.ts';
import { showExplanation } from './show-explanation.ts';
import { statementIn } from './statement-in.ts';

const words = WORDS.agents.chat;

/** `/why`: the rule behind the last statement's masks, wait or refusal, which part of it is the reason, and what would pass. */
export async function why(turn: ChatTurn, ports: ChatPorts): Promise<ChatMemory> {
  const { out, client, signal } = ports;
  const { conversation } = turn;
  const sql = statementIn(turn);
  if (sql === null) {
    out.markdown(words.nothingToExplain);
    return { conversation, sql, outcome: 'none' };
  }
  out.progress(words.asking);
  const explanation = await client.statements.explain({ body: { sql, agent: CHAT_AGENT } }, { signal });
  out.markdown(codeBlock(sql, 'sql'));
  const { verdict } = showExplanation(explanation, out);
  const { decision, place } = explanation;
  const part = sql.slice(place.start, place.end);
  const isPart = part !== '' && part.length < sql.trim().length;
  out.markdown(
    [
      `- ${words.rule} ${inlineCode(decision.rule)}: ${plainText(decision.reason)}`,
      ...(isPart ? [`- ${words.part(place.line)} ${inlineCode(part)}`] : []),
      '',
      '',
    ].join('\n'),
  );
  if (verdict === 'held') offerAccess(sql, turn, explanation, ports);
  return { conversation, sql, outcome: verdict === 'refused' ? 'refused' : 'explained' };
}
