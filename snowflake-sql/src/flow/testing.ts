import { bind } from '../bind/index.ts';
import { type CatalogObject, type ResolutionContext, wholeCatalog } from '../catalog.ts';
import { catalogName, formatColumn, type ObjectName } from '../object-name.ts';
import { split } from '../parse.ts';
import type { ColumnSource, ColumnUse, Understanding, Understood } from '../understanding.ts';
import { newBudget } from '../budget.ts';
import { flowOf } from './flow.ts';

/** A small catalog: SHOP.PUBLIC with people, orders and views over them. */
const table = (name: string, ...columns: string[]): CatalogObject => ({
  type: 'table',
  name: inPublic(name),
  version: '1',
  columns: columns.map((column) => typed(column)),
});
const view = (name: string, definition: string | null, ...columns: string[]): CatalogObject => ({
  type: 'view',
  name: inPublic(name),
  version: '1',
  ...(definition === null ? {} : { definition }),
  columns: columns.map((column) => typed(column)),
});

/** `NAME` is a text column, `NAME NUMBER` a number column, `NAME!` one that is never NULL. */
function typed(column: string) {
  const [written = '', type = 'VARCHAR(16777216)'] = column.split(' ');
  return { name: written.replace('!', ''), type, nullable: !written.endsWith('!') };
}

/** Below `out`, files that are made of social security numbers. */
const files: CatalogObject = {
  type: 'stage',
  name: catalogName('stage', inPublic('FILES')),
  version: '1',
  format: { TYPE: 'CSV' },
  contents: [
    { name: 'out/x.csv', sources: [{ column: { object: inPublic('P'), column: 'SSN' }, how: 'direct' }] },
  ],
};

const objects = [
  files,
  table('P', 'ID NUMBER(38,0)', 'NAME', 'SSN', 'DATA VARIANT', 'BORN DATE', 'PAY NUMBER(10,2)', 'OK BOOLEAN'),
  table('O', 'ID NUMBER(38,0)', 'P_ID NUMBER(38,0)', 'TOTAL NUMBER(38,2)', 'CODE'),
  table('COPY', 'A', 'B', 'N NUMBER(3,0)'),
  table(
    'SIZES',
    'S VARCHAR(24)',
    'L VARCHAR(25)',
    'B BINARY(8)',
    'D NUMBER(12,4)',
    'F FLOAT',
    'N NUMBER(38,0)',
  ),
  table('FILLED', 'ID! NUMBER(38,0)', 'A!', 'B'),
  view('V', 'SELECT ID, SSN AS NUMBER FROM P', 'ID NUMBER', 'NUMBER'),
  view('VV', 'SELECT * FROM V', 'X NUMBER', 'Y'),
  view('LOOP', 'SELECT * FROM LOOP', 'A'),
  view('BROKEN', 'SELECT FROM WHERE', 'A'),
  view('HIDDEN', null, 'A'),
];
export const catalog = wholeCatalog(objects);

export function inPublic(name: string): ObjectName {
  return { database: 'SHOP', schema: 'PUBLIC', name };
}

const context: ResolutionContext = {
  database: 'SHOP',
  schema: 'PUBLIC',
  variables: new Map(),
  results: new Map(),
};

export function understandingOf(
  sql: string,
  changes: Partial<ResolutionContext> = {},
  steps = 10_000_000,
): Understanding {
  const { statements } = split(sql);
  const bound = bind(statements[0]!, catalog, { ...context, ...changes }, newBudget(10_000_000));
  if (bound.bound === null) return { understood: false, ...bound.problem };
  return flowOf(bound.bound, newBudget(steps));
}

export function understood(sql: string, changes: Partial<ResolutionContext> = {}): Understood {
  const meaning = understandingOf(sql, changes);
  if (!meaning.understood) throw new Error(JSON.stringify(meaning.problem));
  return meaning;
}

/** An output as `name: how COLUMN:path, ...`, with `?` if part of it is not known. */
export function outputs(sql: string, changes: Partial<ResolutionContext> = {}): string[] {
  return understood(sql, changes).outputs.map(({ name, sources, unresolved }) => {
    return `${name}: ${[...sources.map(sourceText), ...(unresolved ? ['?'] : [])].join(', ')}`;
  });
}

export function uses(sql: string): string[] {
  return understood(sql).uses.map((use) => `${use.as} ${columnText(use)}`);
}

export function flows(sql: string): string[] {
  return understood(sql).flows.map(({ from, to }) => {
    const source = 'opaque' in from ? '?' : sourceText(from);
    if (to.type === 'column') return `${source} -> ${columnText(to)}`;
    return `${source} -> ${to.type === 'location' ? to.location : `$${to.name}`}`;
  });
}

function sourceText(source: ColumnSource): string {
  return `${source.how} ${columnText(source)}`;
}

function columnText({ column, path }: Pick<ColumnUse, 'column' | 'path'>): string {
  return `${formatColumn(column).replace('SHOP.PUBLIC.', '')}${path ? `:${path.join('.')}` : ''}`;
}
