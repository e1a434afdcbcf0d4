import { describeTable, listTables } from '../catalog/index.ts';
import { tableText } from '../tools/index.ts';
import { sqlBlock } from './statement-in.ts';
import { textOf } from './text-of.ts';
import type { ChatPorts } from './ports.ts';

/** Tables that a model is told the columns of, at most. */
const MOST_DESCRIBED = 10;
/** Tables that it may choose those from. */
const MOST_LISTED = 400;

/** What the person may know of, as a model needs it to write SQL: all columns of the tables that may matter. */
export async function catalogDigest(
  question: string,
  { client, model, signal }: Pick<ChatPorts, 'client' | 'model' | 'signal'>,
): Promise<string> {
  const { tables } = await listTables(client, { most: MOST_LISTED }, signal);
  const names = tables.map(({ shown }) => shown);
  const wanted = names.length <= MOST_DESCRIBED ? names : await chosen(question, names, { model, signal });
  const described = await Promise.all(
    wanted.map(async (name) => {
      const found = await describeTable(client, name, signal);
      return 'table' in found ? [tableText(found.table)] : [];
    }),
  );
  return described.flat().join('\n\n');
}

/** By the model: of its answer, only names that are in the list count. */
async function chosen(
  question: string,
  names: readonly string[],
  { model, signal }: Pick<ChatPorts, 'model' | 'signal'>,
): Promise<readonly string[]> {
  const text = [
    `Which of these Snowflake tables and views are needed to answer the question? Answer with at most ${MOST_DESCRIBED} names, one a line, in a code block, and nothing else.`,
    `Question: ${question}`,
    ...names,
  ].join('\n');
  const answer = await textOf(model.send([{ by: 'person', text }], signal));
  const said = new Set(
    (sqlBlock(answer) ?? answer).split('\n').map((line) => line.trim().replace(/^[-*] /, '')),
  );
  return names.filter((name) => said.has(name)).slice(0, MOST_DESCRIBED);
}
