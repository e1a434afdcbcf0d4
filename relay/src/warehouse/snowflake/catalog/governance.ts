import {
  type ColumnGovernance,
  formatObjectName,
  keyOfObject,
  type LoadedObject,
  type ObjectName,
  quotedIdentifier,
  stringLiteral,
} from '@sluice/snowflake-sql';
import { isSluiceError } from '../../../errors.ts';
import type { Ask, Row } from '../ask.ts';

/** Whether something of the account's is asked for, and what is done without where it is not told. */
export type Asking = 'required' | 'whereReadable' | 'off';

export interface GovernanceAsked {
  readonly tags: Asking;
  readonly policies: Asking;
}

/** Objects in one question: it has a part for each. */
const OBJECTS_AT_ONCE = 20;

/**
 * What the account has on the columns of tables and views: tags, inherited ones too, and masking policies. It may change
 * without the object's LAST_DDL (a tag of the schema is inherited), so it is asked for whenever the object is asked for
 * anew. Where what is required cannot be read, the object's is `unknown`.
 */
export async function readGovernance(
  ask: Ask,
  { tags, policies }: GovernanceAsked,
  loaded: readonly LoadedObject[],
): Promise<readonly LoadedObject[]> {
  const asked = loaded.flatMap(({ name, object }) =>
    object === null || object.type === 'function' || name.schema === 'INFORMATION_SCHEMA'
      ? []
      : [{ name, isView: object.type === 'view' }],
  );
  if (asked.length === 0 || (tags === 'off' && policies === 'off')) return loaded;
  const [tagged, masked] = await Promise.all([
    told(ask, tags, asked, tagsOf),
    told(ask, policies, asked, policiesOf),
  ]);
  const isAsked = new Set(asked.map(({ name }) => keyOfObject(name)));
  return loaded.map((entry): LoadedObject => {
    const key = keyOfObject(entry.name);
    if (!isAsked.has(key)) return entry;
    const [own, by] = [tagged.get(key) ?? [], masked.get(key) ?? []];
    if (own === 'unknown' || by === 'unknown') return { ...entry, governance: 'unknown' };
    return own.length + by.length === 0 ? entry : { ...entry, governance: byColumn(own, by) };
  });
}

interface Asked {
  readonly name: ObjectName;
  readonly isView: boolean;
}

type Told = ReadonlyMap<string, readonly Row[] | 'unknown'>;

/** Rows about each object, by `keyOfObject`. Of some that cannot be asked together, each is asked by itself. */
async function told(
  ask: Ask,
  how: Asking,
  asked: readonly Asked[],
  selectOf: (object: Asked) => string,
): Promise<Told> {
  const found = new Map<string, readonly Row[] | 'unknown'>();
  if (how === 'off') return found;
  const askFor = async (some: readonly Asked[]): Promise<void> => {
    try {
      const rows = await ask(
        some.map((one, at) => `SELECT ${at} AS AT, ${selectOf(one)}`).join(' UNION ALL '),
      );
      const byPlace = Map.groupBy(rows, (row) => row['AT'] ?? '');
      for (const [at, { name }] of some.entries())
        found.set(keyOfObject(name), byPlace.get(String(at)) ?? []);
    } catch (error) {
      if (!isRefused(error)) throw error;
      if (hasNone(error)) return;
      if (some.length > 1) for (const one of some) await askFor([one]);
      else found.set(keyOfObject(some[0]!.name), how === 'required' ? 'unknown' : []);
    }
  };
  for (let at = 0; at < asked.length; at += OBJECTS_AT_ONCE)
    await askFor(asked.slice(at, at + OBJECTS_AT_ONCE));
  return found;
}

/** The account's own answer; an account that does not answer is another matter, and fails the statement. */
function isRefused(error: unknown): boolean {
  return (
    isSluiceError(error) && (error.code === 'statement_failed' || error.code === 'unsupported_by_warehouse')
  );
}

/**
 * Tags and policies come with an edition of Snowflake's: an account that does not know the function, or the feature, has none. What a
 * role may not see is answered otherwise (002003).
 */
function hasNone(error: unknown): boolean {
  return isSluiceError(error) && NOT_KNOWN.has(error.warehouse?.code ?? '');
}

/** Unsupported feature; unknown function, unknown table function. */
const NOT_KNOWN: ReadonlySet<string> = new Set(['000002', '002140', '002141']);

/** A row for each tag of each column, inherited ones too: https://docs.snowflake.com/en/sql-reference/functions/tag_references_all_columns */
function tagsOf({ name }: Asked): string {
  const from = `TAG_REFERENCES_ALL_COLUMNS(${textOf(name)}, 'table')`;
  return `COLUMN_NAME, TAG_NAME AS NAME, TAG_VALUE AS VALUE FROM TABLE(${quotedIdentifier(name.database)}.INFORMATION_SCHEMA.${from})`;
}

/** A row for each policy on the object: https://docs.snowflake.com/en/sql-reference/functions/policy_references */
function policiesOf({ name, isView }: Asked): string {
  const from = `POLICY_REFERENCES(REF_ENTITY_NAME => ${textOf(name)}, REF_ENTITY_DOMAIN => '${isView ? 'VIEW' : 'TABLE'}')`;
  const columns = 'REF_COLUMN_NAME AS COLUMN_NAME, POLICY_DB, POLICY_SCHEMA, POLICY_NAME';
  return `${columns} FROM TABLE(${quotedIdentifier(name.database)}.INFORMATION_SCHEMA.${from}) WHERE POLICY_KIND = 'MASKING_POLICY'`;
}

function textOf({ database, schema, name }: ObjectName): string {
  return stringLiteral([database, schema, name].map(quotedIdentifier).join('.'));
}

function byColumn(tags: readonly Row[], policies: readonly Row[]): readonly ColumnGovernance[] {
  const columns = Map.groupBy([...tags, ...policies], (row) => row['COLUMN_NAME'] ?? '');
  columns.delete('');
  return [...columns].map(([column, rows]) => ({
    column,
    tags: rows.flatMap(({ NAME: name, VALUE: value }) =>
      name == null ? [] : [{ name, value: value ?? '' }],
    ),
    maskedBy: rows.flatMap(({ POLICY_DB: database, POLICY_SCHEMA: schema, POLICY_NAME: name }) =>
      name == null ? [] : [formatObjectName({ database: database ?? '', schema: schema ?? '', name })],
    ),
  }));
}
