import type { Keyword } from '../keywords.ts';
import { type DdlObjectType, OBJECT_TYPES, underscored } from '../object-types.ts';
import type { DataType, Name } from '../tree/names.ts';
import { dataType } from './data-type.ts';
import { objectName } from './names.ts';
import { type Parser, isAnyWord, isSymbol, isWord, optionalItems, refuse, textOfToken } from './parser.ts';

/** A type of object: the longest one that matches the next words. */
export function objectType(p: Parser): DdlObjectType {
  return eatObjectType(p) ?? refuse(p, 'an object type');
}

export function eatObjectType(p: Parser): DdlObjectType | null {
  const found = peekObjectType(p);
  if (found === null) return null;
  p.at += found.words.length;
  return found.type;
}

interface SpelledType {
  readonly words: readonly Keyword[];
  readonly type: DdlObjectType;
}

/** The type of object at the token `ahead`, without taking it. */
export function peekObjectType(p: Parser, ahead = 0): SpelledType | null {
  for (const candidate of TYPES_BY_FIRST_WORD.get(p.keywords[p.at + ahead]!) ?? []) {
    if (candidate.words.every((each, i) => isWord(p, each, ahead + i))) return candidate;
  }
  return null;
}

/** How many words from `ahead` on name the longest matching plural of a type: `TABLES`, `FILE FORMATS`. */
export function peekPluralType(p: Parser, ahead: number): number {
  let text = '';
  let longest = 0;
  for (let count = 1; count <= LONGEST_TYPE && isAnyWord(p, ahead + count - 1); count++) {
    text += `${count === 1 ? '' : ' '}${textOfToken(p, ahead + count - 1).toUpperCase()}`;
    if (PLURALS.has(text)) longest = count;
  }
  return longest;
}

/** The plurals of the types. */
export const PLURALS: ReadonlySet<string> = new Set(
  OBJECT_TYPES.map((type) => {
    const upper = type.toUpperCase();
    if (upper.endsWith('Y')) return `${upper.slice(0, -1)}IES`;
    return /[SX]$/.test(upper) ? `${upper}ES` : `${upper}S`;
  }),
);

const LONGEST_TYPE = Math.max(...OBJECT_TYPES.map((type) => type.split(' ').length));

const TYPES_BY_FIRST_WORD = typesByFirstWord();

function typesByFirstWord(): ReadonlyMap<string, readonly SpelledType[]> {
  const table = new Map<string, SpelledType[]>();
  for (const spelled of OBJECT_TYPES) {
    const words = spelled.toUpperCase().split(' ') as Keyword[];
    const types = table.get(words[0]!) ?? [];
    types.push({ words, type: underscored(spelled) });
    table.set(words[0]!, types);
  }
  for (const types of table.values()) types.sort((a, b) => b.words.length - a.words.length);
  return table;
}

/** A name and, for a routine, its argument types, which distinguish overloads. */
export function nameAndSignature(
  p: Parser,
  type: DdlObjectType | null,
): { name: Name; signature: DataType[] | null } {
  const name = objectName(p, type === null ? 3 : mostParts(type));
  return { name, signature: signature(p, type) };
}

/** The maximum number of parts in a name of that type: objects of the account have one. */
export function mostParts(type: DdlObjectType): number {
  if (ONE_PART.has(type)) return 1;
  return type === 'schema' || type === 'database_role' ? 2 : 3;
}

const ONE_PART: ReadonlySet<DdlObjectType> = new Set([
  'api_integration',
  'application',
  'application_package',
  'catalog_integration',
  'compute_pool',
  'database',
  'external_access_integration',
  'external_volume',
  'failover_group',
  'integration',
  'network_policy',
  'notification_integration',
  'replication_group',
  'resource_monitor',
  'role',
  'security_integration',
  'share',
  'storage_integration',
  'user',
  'warehouse',
]);

/** `(INT, VARCHAR)` after a routine's name; null for types that are not routines. */
export function signature(p: Parser, type: DdlObjectType | null): DataType[] | null {
  return type !== null && ROUTINES.has(type) ? optionalItems(p, dataType) : null;
}

const ROUTINES: ReadonlySet<DdlObjectType> = new Set([
  'data_metric_function',
  'external_function',
  'function',
  'procedure',
]);

/** Whether a class is next instead of a type of object: `CREATE SNOWFLAKE.ML.FORECAST f (...)` creates an instance. */
export function isClassName(p: Parser): boolean {
  return isAnyWord(p) && isSymbol(p, '.', 1);
}
