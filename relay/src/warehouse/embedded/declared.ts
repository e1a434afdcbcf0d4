import type { ObjectName, Tree } from '@sluice/snowflake-sql';
import type { BoundCreate, Bound } from '@sluice/snowflake-sql/execution';
import { counterOf } from './render/counters.ts';
import type { KnownColumns } from './types/known-columns.ts';
import { TEXT, typeOfDataType } from './types/snowflake-type.ts';
import { nameOfType } from './types/type-name.ts';

/** What DDL says of columns and keys that DuckDB does not keep. Plain data: it is part of a plan. */
export interface Declared {
  /** Those of which something is said, by the names that they have afterwards. */
  readonly columns: readonly DeclaredColumn[];
  readonly keys: readonly Key[];
  /** What it is a copy of: the columns are as they are there. */
  readonly copyOf: ObjectName | null;
  /** What is said of it; null where the statement says nothing. */
  readonly comment: string | null;
  /** Columns whose type becomes what `columns` says, if it can. */
  readonly retyped: readonly string[];
  /** Columns that have no default any more. */
  readonly withoutDefault: readonly string[];
  /** A column that has another name now. */
  readonly renamed: { readonly from: string; readonly to: string } | null;
}

export interface DeclaredColumn {
  readonly name: string;
  /** As DESCRIBE TABLE names it; null where only DuckDB knows. */
  readonly type: string | null;
  /** As it is written; null for none. */
  readonly byDefault: string | null;
  /** Null where nothing is said of it. */
  readonly comment: string | null;
}

/** Nothing holds those that a statement declares, in Snowflake neither: they are there to be asked for. */
export interface Key {
  /** One that DuckDB holds: no statement makes one. */
  readonly enforced?: true;
  /** Null: a name is made up for it. */
  readonly name: string | null;
  readonly type: 'PRIMARY KEY' | 'UNIQUE' | 'FOREIGN KEY';
  readonly columns: readonly string[];
  /** What a foreign key leads to; null for the others. */
  readonly to: { readonly object: ObjectName; readonly columns: readonly string[] } | null;
}

export const NOTHING_DECLARED: Declared = {
  columns: [],
  keys: [],
  copyOf: null,
  comment: null,
  retyped: [],
  withoutDefault: [],
  renamed: null,
};

/** @param known the columns of the query that it is made of; null where there is none. */
export function declaredBy(
  bound: Bound,
  object: ObjectName,
  tree: Tree.Create | Tree.Alter,
  source: string,
  known: KnownColumns,
): Declared {
  if (tree.kind === 'alter') return declaredByAlter(object, tree, source);
  const { statement } = bound;
  if (statement.kind !== 'create') return NOTHING_DECLARED;
  const own = tree.columns.map((column) => declared(column, source));
  return {
    ...NOTHING_DECLARED,
    columns: known === null ? own : madeOf(known, statement, own),
    keys: [
      ...tree.columns.flatMap((column) => keysOf(object, column)),
      ...tree.constraints.flatMap((one) => keyOf(object, one)),
    ],
    copyOf: copied(bound, tree, statement),
    comment: commentIn(tree.options),
  };
}

/** A written type wins over what the query gives. */
function madeOf(
  known: NonNullable<KnownColumns>,
  { columns }: BoundCreate,
  own: readonly DeclaredColumn[],
): readonly DeclaredColumn[] {
  return known.map(({ name, type }, index) => ({
    name: columns[index] ?? name,
    type: own[index]?.type ?? nameOfType(type.kind === 'null' ? TEXT : type),
    byDefault: own[index]?.byDefault ?? null,
    comment: own[index]?.comment ?? null,
  }));
}

function declaredByAlter(object: ObjectName, { actions }: Tree.Alter, source: string): Declared {
  const [action] = actions;
  switch (action?.kind) {
    case 'add_columns':
      return {
        ...NOTHING_DECLARED,
        columns: action.columns.map((column) => declared(column, source)),
        keys: action.columns.flatMap((column) => keysOf(object, column)),
      };
    case 'alter_column':
      return declaredByColumns(actions);
    case 'rename_column':
      return { ...NOTHING_DECLARED, renamed: { from: action.from.name, to: action.to.name } };
    case 'add_constraint':
      return { ...NOTHING_DECLARED, keys: keyOf(object, action.constraint) };
    default:
      return NOTHING_DECLARED;
  }
}

function declaredByColumns(actions: Tree.Alter['actions']): Declared {
  const changes = actions.flatMap((one) => (one.kind === 'alter_column' ? [one] : []));
  const columns = changes.flatMap(({ column: { name }, change }): DeclaredColumn[] =>
    change.kind === 'data_type'
      ? [{ name, type: nameOfType(typeOfDataType(change)), byDefault: null, comment: null }]
      : [],
  );
  return {
    ...NOTHING_DECLARED,
    columns,
    retyped: columns.map(({ name }) => name),
    withoutDefault: changes.flatMap(({ column, change }) =>
      change.kind === 'words' && change.text === 'DROP DEFAULT' ? [column.name] : [],
    ),
  };
}

function copied(bound: Bound, { clone }: Tree.Create, statement: BoundCreate): ObjectName | null {
  if (clone === null) return null;
  if (statement.clone?.kind === 'table') return statement.clone.object;
  const { source } = clone;
  const isName = source.kind === 'qualified_name' || source.kind === 'dynamic_name';
  return (isName ? bound.names.get(source) : undefined) ?? null;
}

function declared(column: Tree.ColumnDefinition, source: string): DeclaredColumn {
  const { name, type, defaultValue } = column;
  const counter = counterOf(column);
  const written = defaultValue === null ? null : source.slice(defaultValue.start, defaultValue.end);
  return {
    name: name.name,
    type: type === null ? null : nameOfType(typeOfDataType(type)),
    byDefault:
      counter === null ? written : `IDENTITY START ${counter.start} INCREMENT ${counter.step} NOORDER`,
    comment: commentIn(column.options),
  };
}

/** The text of `COMMENT 'x'` among options; null for none. */
export function commentIn(options: readonly Tree.Option[]): string | null {
  const said = options.find(isComment)?.value ?? null;
  return said?.kind === 'string' ? said.value : null;
}

export function isComment({ name }: Tree.Option): boolean {
  return name.kind === 'words' && name.text === 'COMMENT';
}

function keysOf(of: ObjectName, { name, flags, references }: Tree.ColumnDefinition): readonly Key[] {
  const columns = [name.name];
  const words = flags.map(({ text }) => text);
  return [
    ...(words.includes('PRIMARY KEY')
      ? [{ name: null, type: 'PRIMARY KEY', columns, to: null } as const]
      : []),
    ...(words.includes('UNIQUE') ? [{ name: null, type: 'UNIQUE', columns, to: null } as const] : []),
    ...foreignKey(of, null, columns, references),
  ];
}

function keyOf(
  object: ObjectName,
  { name, type, columns, references }: Tree.TableConstraint,
): readonly Key[] {
  const of = { name: name?.name ?? null, columns: columns.map((column) => column.name), to: null };
  switch (type) {
    case 'primary_key':
      return [{ ...of, type: 'PRIMARY KEY' }];
    case 'unique':
      return [{ ...of, type: 'UNIQUE' }];
    case 'foreign_key':
      return foreignKey(object, of.name, of.columns, references);
    case 'check':
    case 'index':
      return [];
    default:
      return type satisfies never;
  }
}

/** The table that it leads to is looked for where the one is that has it; nobody looks whether it is there. */
function foreignKey(
  of: ObjectName,
  name: string | null,
  columns: readonly string[],
  references: Tree.Reference | null,
): readonly Key[] {
  if (references?.table.kind !== 'qualified_name') return [];
  const [table, schema = of.schema, database = of.database] = references.table.parts
    .map((part) => part.name)
    .toReversed();
  if (table === undefined) return [];
  const to = {
    object: { database, schema, name: table },
    columns: references.columns.map((column) => column.name),
  };
  return [{ name, type: 'FOREIGN KEY', columns, to }];
}

/** What is remembered of a column. */
export interface RememberedColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly byDefault?: string;
  readonly comment?: string | null;
}

/** Columns as DuckDB describes them, with what was declared of them, now or before. */
export function withDeclared(
  described: readonly RememberedColumn[],
  before: readonly RememberedColumn[],
  { columns, renamed, withoutDefault }: Declared,
): readonly RememberedColumn[] {
  const said = new Map<string, Partial<RememberedColumn>>();
  for (const { name, type, byDefault, comment } of before) {
    const now = renamed?.from === name ? renamed.to : name;
    said.set(now, {
      type,
      ...(byDefault === undefined || withoutDefault.includes(now) ? {} : { byDefault }),
      ...(comment === undefined ? {} : { comment }),
    });
  }
  for (const { name, type, byDefault, comment } of columns) {
    said.set(name, {
      ...said.get(name),
      ...(type === null ? {} : { type }),
      ...(byDefault === null ? {} : { byDefault }),
      ...(comment === null ? {} : { comment }),
    });
  }
  return described.map((column) => ({ ...column, ...said.get(column.name) }));
}
