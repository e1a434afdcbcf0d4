import type { ObjectName } from '@sluice/snowflake-sql';
import { parseName, resolveParts } from '@sluice/snowflake-sql/execution';
import { unsupported } from '../../errors.ts';
import { columnsSql, keysSql, KNOWN, oneObject } from '../../metadata/objects.ts';
import type { SnowflakeType } from '../../types/snowflake-type.ts';
import { nameOfType } from '../../types/type-name.ts';
import { quoteString } from '../quote.ts';
import { holdsAggregate } from '../select.ts';
import type { Arguments, Rendered } from './arguments.ts';

/** Of which type a value is, and how objects were made: shown of those alone that whoever asks may know of, as in SHOW. */
export const definitions: Readonly<Record<string, Rendered>> = {
  SYSTEM$TYPEOF(args) {
    const type = args.place.rendering.types.of(args.expression(0));
    const name = type.kind === 'null' ? 'NULL' : nameOfType(type);
    if (name === null) throw unsupported('SYSTEM$TYPEOF of a value of which only DuckDB knows the type');
    const text = quoteString(`${name}[${storageOf(type)}]`);
    // Its argument is not rendered: that it makes one row of many has to be.
    return holdsAggregate(args.expression(0)) ? `CASE WHEN count(*) >= 0 THEN ${text} END` : text;
  },
  GET_DDL: (args) => {
    const type = (args.literal(0) ?? '').toUpperCase();
    const isFull = args.count > 2 && args.flag(2);
    if (type !== 'TABLE' && type !== 'VIEW') throw unsupported('GET_DDL of objects of this type');
    const object = objectNamed(args);
    const { rendering } = args.place;
    rendering.showDefinitions();
    const one = oneObject(object, rendering.temporary);
    const isKind = `definition IS ${type === 'VIEW' ? 'NOT ' : ''}NULL`;
    const known = `SELECT * FROM (${one}) WHERE ${isKind} AND list_contains(getvariable('${KNOWN}'), [schema_name, name])`;
    const name = quoteString(isFull ? [object.database, object.schema, object.name].join('.') : object.name);
    const text = type === 'VIEW' ? viewText(known, name) : tableText(known, name);
    return `coalesce((${text}), error('No such object'))`;
  },
};

/** How Snowflake keeps values of a type. */
function storageOf(type: SnowflakeType): string {
  switch (type.kind) {
    case 'fixed': {
      const bytes = [2, 4, 9, 18].findIndex((digits) => type.precision <= digits);
      return `SB${bytes === -1 ? 16 : 2 ** bytes}`;
    }
    case 'real':
      return 'DOUBLE';
    case 'boolean':
      return 'SB1';
    case 'date':
      return 'SB4';
    case 'time':
    case 'timestamp_ntz':
    case 'timestamp_ltz':
      return 'SB8';
    case 'timestamp_tz':
      return 'SB16';
    default:
      return 'LOB';
  }
}

function objectNamed(args: Arguments): ObjectName {
  const name = parseName(args.literal(1) ?? '');
  const { session } = args.place.rendering;
  const place = {
    database: session['CURRENT_DATABASE'] ?? undefined,
    schema: session['CURRENT_SCHEMA'] ?? undefined,
  };
  const object = name === null ? null : resolveParts(place, name.parts, name.publicSchema);
  if (object === null) throw unsupported('GET_DDL of a name that is not a literal');
  return object;
}

function viewText(object: string, name: string): string {
  const columns = `SELECT string_agg('\t' || column_name || ${COMMENT_OF_COLUMN}, ',\n' ORDER BY place) FROM (${columnsSql(object)})`;
  return inLines(
    `SELECT 'create or replace view ' || ${name} || '(\n' || (${columns}) || '\n) ' || CASE WHEN coalesce(comment, '') = '' THEN '' ELSE 'COMMENT=' || ${quoted('comment')} || '\n ' END || 'as ' || definition || ';' FROM (${object})`,
  );
}

function tableText(object: string, name: string): string {
  const column = `'\t' || column_name || ' ' || type || CASE WHEN nullable THEN '' ELSE ' NOT NULL' END || CASE WHEN by_default IS NULL THEN '' WHEN starts_with(by_default, 'IDENTITY ') THEN ' ' || replace(by_default, 'IDENTITY', 'autoincrement') ELSE ' DEFAULT ' || by_default END || ${COMMENT_OF_COLUMN}`;
  const columns = `SELECT string_agg(${column}, ',\n' ORDER BY place) AS t FROM (${columnsSql(object)})`;
  const keys = `SELECT string_agg(',\n\t' || lower(type) || ' (' || names || ')', '') AS t FROM (SELECT type, key_name, string_agg(column_name, ', ' ORDER BY key_sequence) AS names FROM (${keysSql(object)}) WHERE type <> 'FOREIGN KEY' GROUP BY type, key_name ORDER BY type, key_name)`;
  return inLines(
    `SELECT 'create or replace TABLE ' || ${name} || ' (\n' || c.t || coalesce(k.t, '') || '\n)' || CASE WHEN coalesce(o.comment, '') = '' THEN '' ELSE 'COMMENT=' || ${quoted('o.comment')} || '\n' END || ';' FROM (${columns}) AS c, (${keys}) AS k, (${object}) AS o`,
  );
}

/** A text as a literal of Snowflake's. */
function quoted(text: string): string {
  return `'''' || replace(replace(${text}, chr(92), chr(92) || chr(92)), '''', '''''') || ''''`;
}

const COMMENT_OF_COLUMN = `CASE WHEN coalesce(comment, '') = '' THEN '' ELSE ' COMMENT ' || ${quoted('comment')} END`;

/** DuckDB's literals know no escapes but in texts of their own. */
function inLines(sql: string): string {
  return sql.replaceAll(/'[^']*\\[nt][^']*'/g, (literal) => `E${literal}`);
}
