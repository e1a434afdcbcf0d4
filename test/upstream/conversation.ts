import { type Answer, byText, changed, failure, firstOf, type Script, selected } from './answers.ts';
import type { Column, Row } from './columns.ts';
import { generatedRows } from './rows.ts';

/** Every type that there is, a value and none. */
export const everyType: readonly (readonly [Column, string])[] = [
  [{ name: 'I', type: 'fixed' }, '42'],
  [{ name: 'D', type: 'fixed', precision: 10, scale: 2 }, '-12.50'],
  [{ name: 'F', type: 'real' }, '1.5'],
  [{ name: 'S', type: 'text', length: 100 }, 'Zoë'],
  [{ name: 'B', type: 'boolean' }, '1'],
  [{ name: 'DT', type: 'date' }, '19723'],
  [{ name: 'TM', type: 'time', scale: 9 }, '45296.123456789'],
  [{ name: 'TS', type: 'timestamp_ntz', scale: 9 }, '1704067200.123456789'],
  [{ name: 'TZ', type: 'timestamp_tz', scale: 9 }, '1704067200.000000000 1560'],
  [{ name: 'BN', type: 'binary', length: 8 }, 'CAFE'],
  [{ name: 'V', type: 'variant' }, '{"a":[1,null]}'],
];

export const MANY = 200_000;

const manyColumns: readonly Column[] = [
  { name: 'N', type: 'fixed', precision: 38, scale: 0 },
  { name: 'T', type: 'text', length: 100 },
];
const manyRows = generatedRows(MANY, (index) => [String(index), `row ${index}`]);

/**
 * What the programs of `test/drivers` ask for in their conversation: typed values, a statement that takes its time, one that has no
 * end, binds, a large result, one that is refused.
 */
export function conversationScript(settings: {
  /** Ends `SELECT held`. */
  readonly released: (queryId: string) => Promise<void>;
  /** Told when `SELECT for ever` begins. */
  readonly onEndless: (queryId: string) => void;
}): Script {
  const none: Column = { name: 'N', type: 'text', length: 100 };
  const types = selected(
    [...everyType.map(([column]) => column), none],
    [[...everyType.map(([, cell]) => cell), null] satisfies Row],
  );
  const one = (text: string) => selected([{ name: 'X', type: 'text' }], [[text]]);
  return firstOf(
    byText({
      'SELECT types': types,
      'SELECT held': async ({ queryId, describeOnly }) => {
        if (!describeOnly) await settings.released(queryId);
        return one('released');
      },
      'SELECT for ever': ({ queryId }) => {
        settings.onEndless(queryId);
        return new Promise<Answer>(() => {});
      },
      'SELECT many': selected(manyColumns, manyRows, { portions: { first: 500, chunk: 50_000 } }),
      'SELECT blocked': failure('003001', '42501', 'SQL access control error:\npayroll is closed'),
    }),
    ({ sql, binds, describeOnly }) => {
      if (/^insert/i.test(sql)) {
        const value = binds['1']?.value;
        return changed('insert', describeOnly ? 0 : Array.isArray(value) ? value.length : 1);
      }
      if (/result_scan/i.test(sql)) return one('released');
      return sql.trim() === 'SELECT 1' ? one('1') : undefined;
    },
  );
}
