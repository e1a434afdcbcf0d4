import type { ObjectName, Tree } from '@sluice/snowflake-sql';
import { unsupported } from '../errors.ts';
import { checkWritable, renderObjectName } from './names.ts';
import { quoteName, quoteString } from './quote.ts';

/** DuckDB's own sequence of that name, which is not of a table's names: values are drawn from it, and never given back. */
function sequenceName(object: ObjectName): string {
  checkWritable(object);
  return renderObjectName(object, new Set());
}

/** `s.NEXTVAL`: another value for each row, and for each place in it. */
export function renderNextValue(object: ObjectName): string {
  return `nextval(${quoteString(sequenceName(object))})`;
}

/** How drawing from any sequence of a schema begins. */
export function renderAnyNextValue({ database, name }: ObjectName): string {
  const begun = quoteString(`${quoteName(database)}.${quoteName(name)}.`);
  return `nextval(${begun.slice(0, -1)}`;
}

export function renderSequenceDdl(tree: Tree.Create | Tree.Alter | Tree.Drop, object: ObjectName): string {
  const name = sequenceName(object);
  switch (tree.kind) {
    case 'drop':
      return `DROP SEQUENCE ${tree.ifExists ? 'IF EXISTS ' : ''}${name}`;
    case 'create': {
      if (tree.modifiers.length > 0) throw unsupported('temporary sequences');
      if (tree.or !== null && tree.or !== 'REPLACE') throw unsupported('CREATE OR ALTER');
      const [start, step] = [numberOf(tree, 'START'), numberOf(tree, 'INCREMENT')];
      if (step === 0n) throw unsupported('a sequence whose interval is 0');
      const head = `CREATE ${tree.or === null ? '' : 'OR REPLACE '}SEQUENCE ${tree.ifNotExists ? 'IF NOT EXISTS ' : ''}${name}`;
      return `${head} INCREMENT ${step} MINVALUE ${LEAST} MAXVALUE ${MOST} START ${start}`;
    }
    case 'alter':
      throw unsupported('ALTER SEQUENCE; make it anew by CREATE OR REPLACE, with a START');
    default:
      return tree satisfies never;
  }
}

const MOST = 9_223_372_036_854_775_807n;
const LEAST = -MOST;

/** `START = 1`, `START WITH 1`, `INCREMENT BY -1`; 1 where nothing is said. */
function numberOf({ options }: Tree.Create, word: string): bigint {
  const said = options.find(({ name }) => name.kind === 'words' && name.text.split(' ')[0] === word);
  if (said === undefined) return 1n;
  const text = said.value?.kind === 'number' ? said.value.text : '';
  if (!/^-?\d{1,18}$/.test(text))
    throw unsupported('a start or an interval that is not a whole number of 18 digits');
  return BigInt(text);
}
