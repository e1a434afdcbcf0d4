import type { ObjectName } from '@sluice/snowflake-sql';
import { encodeRows, openedChunk, parseRows } from '../../encoding/index.ts';
import type { KeptChunk, ResultColumn } from '../result.ts';
import type { UpstreamAnswer } from './client/upstream.ts';
import { unsupported } from './errors.ts';

/** Columns of lists that hold how something is defined. */
const TEXTS = ['text', 'view_definition', 'definition', 'body'];

/**
 * A list without the texts of views that its reader may not know of. It is made of what SHOW answers, so it is short
 * and comes as JSON; in another encoding it is not passed on.
 */
export function hideDefinitions(
  answer: UpstreamAnswer,
  mayKnowOf: (name: ObjectName) => boolean,
): UpstreamAnswer {
  const texts = answer.columns.flatMap(({ name }, index) =>
    TEXTS.includes(name.toLowerCase()) ? [index] : [],
  );
  if (texts.length === 0) return answer;
  if (answer.encoding !== 'json')
    throw unsupported('lists of definitions: the account gives them in Arrow', '');
  const nameOf = namer(answer.columns);
  const hidden = (bytes: Uint8Array) =>
    encodeRows(
      parseRows(bytes).map((cells) => {
        const name = nameOf(cells);
        if (name !== null && mayKnowOf(name)) return cells;
        return cells.map((cell, index) => (texts.includes(index) && cell !== null ? '' : cell));
      }),
    );
  const { first } = answer;
  return {
    ...answer,
    first: first === null ? null : { ...first, open: async () => hidden(await first.open()) },
    kept: answer.kept.map((kept): KeptChunk => ({
      ...kept,
      open: async (signal) => openedChunk(hidden(await (await kept.open(signal)).bytes())),
    })),
  };
}

/** Null for a row that does not say which object it is about. */
function namer(columns: readonly ResultColumn[]) {
  const at = (name: string) => columns.findIndex((column) => column.name.toLowerCase() === name);
  const [database, schema, name] = [at('database_name'), at('schema_name'), at('name')];
  return (cells: readonly (string | null)[]): ObjectName | null => {
    const parts = [cells[database], cells[schema], cells[name]];
    if (parts.some((part) => part == null)) return null;
    return { database: parts[0]!, schema: parts[1]!, name: parts[2]! };
  };
}
