import { isRelayError, type RelayClient } from '@sluice/contract';
import { readableText, shortText } from '../../results/cells.ts';
import { readChart } from '../../results/chart.ts';
import type { FromPage, ToPage } from '../../results/messages.ts';
import { readRows } from '../../results/read-rows.ts';
import type { Run } from '../../results/run.ts';

type Asking = Extract<FromPage, { ask: number }>;

export function isAnswered(message: FromPage): message is Asking {
  return 'ask' in message;
}

/** UTF-16 code units of a value that is shown by itself. */
const MOST_OF_A_VALUE = 200_000;

/** What the page asks about a result: rows that it scrolls to, a value, a chart. Never rejects. */
export async function answerPage(
  asked: Asking,
  run: Run,
  client: Pick<RelayClient, 'statements'>,
): Promise<ToPage> {
  const { ask } = asked;
  const [state, statement] = [run.state(), run.statement()];
  if (state.phase !== 'succeeded' || statement === null) {
    return { type: 'refused', ask, code: 'result_unavailable', message: 'there is no result', advice: '' };
  }
  const { columns, rowCount } = state;
  const { statements } = client;
  try {
    switch (asked.type) {
      case 'rows': {
        const { from } = asked;
        const range = { from, to: Math.min(from + asked.limit, rowCount) };
        const rows: (string | null)[][] = [];
        for await (const page of readRows(statements, statement, range)) {
          rows.push(...page.map((row) => row.map(shortText)));
        }
        return { type: 'rows', ask, from, rows };
      }
      case 'cell': {
        const range = { from: asked.row, to: asked.row + 1 };
        const { value } = await readRows(statements, statement, range).next();
        const cell = value?.[0]?.[asked.column];
        const text = cell === undefined ? null : readableText(cell);
        const isCut = text !== null && text.length > MOST_OF_A_VALUE;
        return { type: 'cell', ask, text: isCut ? text.slice(0, MOST_OF_A_VALUE) : text, isCut };
      }
      case 'chart': {
        if (asked.x >= columns.length || asked.y >= columns.length)
          throw new Error('there is no such column');
        const { shape, points, rows, skipped } = await readChart(statements, statement, columns, asked);
        return { type: 'chart', ask, shape, points: [...points], rows, skipped };
      }
      default:
        return asked satisfies never;
    }
  } catch (error) {
    const { code, message, advice } = isRelayError(error)
      ? error
      : { code: 'internal', message: 'something went wrong in the editor', advice: 'try again' };
    return { type: 'refused', ask, code, message, advice };
  }
}
