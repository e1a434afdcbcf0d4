import { codeBlock } from '../markdown/index.ts';
import { WORDS } from '../words.ts';
import { offerAccess } from './offer-access.ts';
import { type ChatMemory, type ChatPorts, type ChatTurn, CHAT_AGENT } from './ports.ts';
import { showExplanation } from './show-explanation.ts';
import { statementIn } from './statement-in.ts';
import { writeSql } from './write-sql.ts';

const words = WORDS.agents.chat;

/** `/explain`: what a statement would do. Of a question, the statement that it would be asked by. Nothing runs. */
export async function explain(turn: ChatTurn, ports: ChatPorts): Promise<ChatMemory> {
  const { out, client, signal } = ports;
  const { conversation } = turn;
  const given = statementIn(turn);
  const isQuestion = turn.prompt.trim() !== '' && given !== turn.prompt.trim() && !turn.prompt.includes('`');
  if (given === null && !isQuestion) {
    out.markdown(words.nothingToExplain);
    return { conversation, sql: null, outcome: 'none' };
  }
  out.progress(words.asking);
  let sql = given;
  if (sql === null) {
    const written = await writeSql(turn, ports);
    if (written.sql === null) {
      out.markdown(words.nothingToExplain);
      return { conversation, sql: null, outcome: 'none' };
    }
    ({ sql } = written);
  }
  const explanation = await client.statements.explain({ body: { sql, agent: CHAT_AGENT } }, { signal });
  out.markdown(codeBlock(sql, 'sql'));
  const { verdict } = showExplanation(explanation, out);
  if (verdict === 'held') offerAccess(sql, turn, explanation, ports);
  return { conversation, sql, outcome: verdict === 'refused' ? 'refused' : 'explained' };
}
