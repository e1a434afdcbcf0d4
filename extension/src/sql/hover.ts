import type { CatalogObjectView } from '@sluice/contract';
import { formatIdentifier, formatObjectName, tokenize } from '@sluice/snowflake-sql';
import { knownFunctions } from '@sluice/snowflake-sql/editor';
import type { CatalogMemory } from './catalog.ts';
import { type KnownColumn, type Place, type Reference, referencesIn } from './references.ts';
import { type Scope, scopeAt, type ScopedRelation } from './scope.ts';
import type { Span } from './script.ts';
import { nameAt } from './words-at.ts';
import { SQL_WORDS } from './words.ts';

const WORDS = SQL_WORDS.hover;

/** What is shown of a name: lines of Markdown, in which everything that comes from a catalog or a policy is code or plain. */
export interface Hover extends Span {
  readonly lines: readonly string[];
}

/** Of the name at a place of one statement; null where there is nothing to say. */
export async function hoverAt(
  sql: string,
  offset: number,
  place: Place,
  catalog: CatalogMemory | null,
): Promise<Hover | null> {
  const { tokens } = tokenize(sql);
  const path = nameAt(tokens, offset);
  if (path === null) return null;
  const { start, end } = path;
  if (tokens.kinds[path.last + 1] === '(' && path.parts.length === 1) {
    const signature = knownFunctions().find(({ name }) => name === path.parts[0]);
    if (signature !== undefined) return { start, end, lines: functionLines(signature) };
  }
  if (catalog === null) return null;
  const references = await referencesIn(sql, place, catalog.object);
  const meant = references.find((one) => one.start <= start && end <= one.end);
  if (meant !== undefined) return { start, end, lines: linesOf(meant) };
  if (references.length > 0) return null;
  // It does not parse as it stands: what its tokens tell.
  const scope = scopeAt(tokens, path.first);
  const guess = await guessed(path.parts, scope, place, catalog);
  return guess === null ? null : { start, end, lines: linesOf(guess) };
}

type Meaning =
  | Pick<Extract<Reference, { what: 'object' }>, 'what' | 'object'>
  | Pick<Extract<Reference, { what: 'column' }>, 'what' | 'name' | 'from'>;

async function guessed(
  parts: readonly string[],
  scope: Scope,
  place: Place,
  catalog: CatalogMemory,
): Promise<Meaning | null> {
  const as = (relation: ScopedRelation) =>
    'parts' in relation.of ? objectNamed(relation.of.parts, place, catalog) : null;
  const name = parts.at(-1)!;
  const relations =
    parts.length === 1 ? scope.relations : scope.relations.filter((one) => one.name === parts[0]);
  for (const relation of relations) {
    if ('parts' in relation.of && relation.of.parts.join('.') === parts.join('.')) {
      const object = await as(relation);
      if (object !== null) return { what: 'object', object };
    }
  }
  const from: KnownColumn[] = [];
  for (const relation of relations) {
    const object = await as(relation);
    const column = object?.columns.find((one) => one.name === name);
    if (object !== null && column !== undefined) from.push({ object, column });
  }
  return from.length === 0 ? null : { what: 'column', name, from };
}

async function objectNamed(
  parts: readonly string[],
  place: Place,
  catalog: CatalogMemory,
): Promise<CatalogObjectView | null> {
  const [name, schema = place.schema, database = place.database] = parts.toReversed();
  return name === undefined || schema === null || database === null
    ? null
    : await catalog.object({ database, schema, name });
}

function linesOf(reference: Meaning): readonly string[] {
  if (reference.what === 'object') return objectLines(reference.object);
  const { name, from } = reference;
  const [only] = from;
  if (only === undefined) return [];
  if (from.length === 1 && only.column.name === name) return columnLines(only);
  return [`**${code(name)}** ${WORDS.madeOf}`, ...from.flatMap((one) => ['', ...columnLines(one)])];
}

function columnLines({
  object,
  column: { name, type, nullable, tags, mask },
}: KnownColumn): readonly string[] {
  return [
    `**${code(`${formatObjectName(object)}.${formatIdentifier(name)}`)}** ${code(type)}${nullable ? `, ${WORDS.nullable}` : ''}`,
    '',
    ...(tags.length === 0 ? [] : [WORDS.tags(tags.map(tagShown)), '']),
    mask === null
      ? WORDS.notMasked
      : `$(eye-closed) ${WORDS.masked(plain(mask.method), plain(mask.because))}`,
  ];
}

/** As many as are seen at once. */
const SHOWN = 30;

function objectLines(object: CatalogObjectView): readonly string[] {
  const { type, columns, select } = object;
  const rows = columns.slice(0, SHOWN).map(({ name, type, tags, mask }) => {
    const masked = mask === null ? '' : `$(eye-closed) ${plain(mask.method)}`;
    return `| ${code(name)} | ${code(type)} | ${tags.map(tagShown).join(', ')} | ${masked} |`;
  });
  return [
    `**${code(formatObjectName(object))}** ${type}, ${WORDS.columns(columns.length)}`,
    '',
    WORDS.selectOf(select.effect, plain(select.reason)),
    '',
    '| | | | |',
    '|---|---|---|---|',
    ...rows,
    ...(columns.length > SHOWN ? ['', WORDS.more(columns.length - SHOWN)] : []),
  ];
}

function tagShown({ tag, path }: CatalogObjectView['columns'][number]['tags'][number]): string {
  return code(path === undefined ? tag : `${tag} (${path.join('.')})`);
}

type Signature = ReturnType<typeof knownFunctions>[number];

function functionLines({ name, kind, fewest, most }: Signature): readonly string[] {
  const given = Array.from({ length: fewest }, (_, at) => `arg${at + 1}`);
  const further = most === null ? ['...'] : most > fewest ? [`[up to ${most}]`] : [];
  return [`**${code(`${name}(${[...given, ...further].join(', ')})`)}**`, '', WORDS.functionKind(kind)];
}

/** Names come from a database: nothing in one may be read as Markdown. */
function code(text: string): string {
  const fence = '`'.repeat(Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  const inside = text.replaceAll(/[\n\r|]/g, ' ');
  return fence.length > 1 ? `${fence} ${inside} ${fence}` : `\`${inside}\``;
}

function plain(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+!|<>~$&-]/g, '\\$&').replaceAll(/[\n\r]+/g, ' ');
}
