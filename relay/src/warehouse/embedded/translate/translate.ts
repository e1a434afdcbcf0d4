import type { Tree } from '../../../statement/index.ts';
import { unsupported } from '../errors.ts';
import { renderCall } from './calls.ts';
import { renderDataType } from './data-types.ts';
import { extractPart } from './functions.ts';
import { renderTableName } from './names.ts';
import { quoteName, quoteString } from './quote.ts';
import { type AnyNode, childrenOf, type Render, renderWith, type Rewrite } from './render.ts';
import { renderChanged, renderSample, renderTable, renderTableFunction } from './relations.ts';

/** What of a session stands in a statement's text without being written there. */
export interface SessionContext {
  readonly database: string | null;
  readonly schema: string | null;
  /** The session's temporary tables, by their full names. */
  readonly temporary: ReadonlySet<string>;
  /** The answers of CURRENT_DATABASE() and its kin. */
  readonly session: Readonly<Record<string, string | null>>;
}

/** Beside it, what the statement itself names. */
export interface TranslationContext extends SessionContext {
  readonly ctes: ReadonlySet<string>;
}

/** A query, DML statement or expression in DuckDB's SQL, from Snowflake's tree. Throws `unsupported_by_warehouse`. */
export function translate(node: AnyNode, source: string, session: SessionContext): string {
  const sql = renderWith(source, rewriteWith({ ...session, ctes: cteNames(node) }))(node);
  // DuckDB takes a NUL for the end of the text.
  if (sql.includes('\0')) throw unsupported('a NUL character');
  return sql;
}

function cteNames(node: AnyNode): ReadonlySet<string> {
  const own = node.kind === 'cte' ? [(node as Tree.Cte).name.name] : [];
  return new Set([...own, ...childrenOf(node).flatMap((child) => [...cteNames(child)])]);
}

function rewriteWith(context: TranslationContext): Rewrite {
  let binds = 0;
  return (anyNode, render, source) => {
    const node = anyNode as Tree.Expression | Tree.Query | OtherNode;
    switch (node.kind) {
      case 'identifier':
        return quoteName(node.name);
      case 'qualified_name':
        // What qualifies a column or a star, as it is written.
        return node.parts.map(({ name }) => quoteName(name)).join('.');
      case 'dynamic_name':
        throw unsupported('a name that a value gives, here');
      case 'insert':
        return renderInsert(node, render, context);
      case 'changed_table':
        return renderChanged(node, render, context);
      case 'column':
        return renderColumn(node);
      case 'string':
        return quoteString(node.value);
      case 'variable':
        return `getvariable(${quoteString(node.name)})`;
      case 'bind':
        return `$${node.name === '?' ? (binds += 1) : node.name}`;
      case 'position':
        throw unsupported('columns by their position, such as `$1`');
      case 'stage':
      case 'stage_relation':
        throw unsupported('stages');
      case 'typed_literal':
        return `CAST(${quoteString(node.value.value)} AS ${typedLiteral(node.type)})`;
      case 'interval':
        return renderInterval(node);
      case 'data_type':
        return renderDataType(node);
      case 'cast':
        return renderCast(node, render);
      case 'path':
        return renderPath(node, render);
      case 'binary':
        return renderBinary(node, render);
      case 'like':
        return renderLike(node, render);
      case 'call':
        return renderCall(node, render, context);
      case 'extract':
        return `date_part(${quoteString(extractPart(node.part))}, ${render(node.from)})`;
      case 'array':
        return `json_array(${node.items.map(render).join(', ')})`;
      case 'object':
        return renderObject(node, render);
      case 'collate':
        return render(node.operand);
      case 'star':
        if (node.ilike !== null) throw unsupported('`* ILIKE`');
        return undefined;
      case 'select_item':
        return renderItem(node, render, source);
      case 'select':
        return renderSelect(node, render);
      case 'query':
        return renderTop(node, render);
      case 'table':
        return renderTable(node, render, context);
      case 'table_function':
        return renderTableFunction(node, render);
      case 'derived':
        return renderDerived(node, render);
      case 'sample':
        return renderSample(node, render);
      case 'order_item':
        return renderOrder(node, render);
      case 'comparison':
        return renderComparison(node, render);
      case 'join':
        if (node.type === 'asof') throw unsupported('ASOF joins');
        return undefined;
      case 'assignment':
        return `${quoteName(node.column.parts.at(-1)!.name)} = ${render(node.value)}`;
      case 'flow_result':
      case 'match_recognize':
      case 'semantic_view':
      case 'connect_by':
      case 'multi_insert':
      case 'outer_join_mark':
      case 'spread':
        throw unsupported(`this construct (${node.kind.replaceAll('_', ' ')})`);
      default:
        return undefined;
    }
  };
}

/** Nodes that are neither expressions nor queries, as far as they are rewritten. */
type OtherNode =
  | Tree.Identifier
  | Tree.Insert
  | Tree.ChangedTable
  | Tree.OrderItem
  | Tree.QualifiedName
  | Tree.DataType
  | Tree.SelectItem
  | Tree.Select
  | Tree.TableRelation
  | Tree.TableFunction
  | Tree.DerivedTable
  | Tree.StageRelation
  | Tree.Sample
  | Tree.Join
  | Tree.Assignment
  | Tree.FlowResult
  | Tree.MatchRecognize
  | Tree.SemanticView
  | Tree.ConnectBy
  | Tree.MultiInsert;

function renderInsert(
  { target, columns, source }: Tree.Insert,
  render: Render,
  context: TranslationContext,
): string {
  const names = columns.map(({ name }) => quoteName(name)).join(', ');
  return `INSERT INTO ${renderTableName(target, context)}${names === '' ? '' : ` (${names})`} ${render(source)}`;
}

/** Snowflake holds NULL for the largest value. */
function renderOrder({ expression, descending, nulls }: Tree.OrderItem, render: Render): string {
  const order = descending ? ' DESC' : '';
  return `${render(expression)}${order} NULLS ${nulls ?? (descending ? 'FIRST' : 'LAST')}`;
}

/** A part of a VARIANT is compared as what stands on the other side: a text, or a number. */
function renderComparison({ left, right, operator }: Tree.Comparison, render: Render): string {
  const side = (one: Tree.Expression, other: Tree.Expression) => {
    if (one.kind !== 'path' || other.kind === 'path') return render(one);
    const text = `memory.main.sluice_text(${render(one)})`;
    return other.kind === 'number' ? `CAST(${text} AS DOUBLE)` : text;
  };
  return `${side(left, right)} ${operator} ${side(right, left)}`;
}

function renderColumn({ parts }: Tree.ColumnReference): string {
  return parts.map(({ name }) => quoteName(name)).join('.');
}

function typedLiteral(type: string): string {
  if (type === 'X') throw unsupported('binary literals');
  return type === 'DATE' || type === 'TIME' ? type : 'TIMESTAMP';
}

function renderInterval({ value, unit }: Tree.IntervalLiteral): string {
  if (unit.includes(' ') || value.value.includes(',')) throw unsupported('compound intervals');
  return `INTERVAL ${quoteString(unit === '' ? value.value : `${value.value} ${unit}`)}`;
}

function renderCast({ style, operand, type }: Tree.Cast, render: Render): string {
  const target = renderDataType(type);
  const value = render(operand);
  const cast = style === 'TRY_CAST' ? 'TRY_CAST' : 'CAST';
  if (target === 'JSON') return `to_json(${value})`;
  // A text inside a VARIANT is the text itself, not its JSON spelling.
  if (target === 'VARCHAR') return `memory.main.sluice_text(${value})`;
  const isTruth = operand.kind === 'boolean' && target !== 'BOOLEAN';
  return `${cast}(${isTruth ? `CAST(${value} AS INTEGER)` : `memory.main.sluice_scalar(${value})`} AS ${target})`;
}

function renderPath({ base, steps }: Tree.Path, render: Render): string {
  const path = steps.map((step) => {
    if (step.kind === 'path_field') return `."${step.name.replaceAll('"', '\\"')}"`;
    if (step.index.kind === 'number') return `[${step.index.text}]`;
    if (step.index.kind === 'string') return `."${step.index.value.replaceAll('"', '\\"')}"`;
    throw unsupported('a computed path');
  });
  return `json_extract(to_json(${render(base)}), ${quoteString(`$${path.join('')}`)})`;
}

/** Division by zero is an error, not infinity. */
function renderBinary({ operators, operands }: Tree.BinaryChain, render: Render): string {
  const [first, ...rest] = operands.map(render);
  return rest.reduce((left, right, index) => {
    const operator = operators[index]!;
    if (operator === '/') return `memory.main.sluice_divide(${left}, ${right})`;
    return operator === '%' ? `memory.main.sluice_modulo(${left}, ${right})` : `${left} ${operator} ${right}`;
  }, first!);
}

function renderLike(node: Tree.Like, render: Render): string {
  const operand = render(node.operand);
  const escape = node.escape === null ? '' : ` ESCAPE ${render(node.escape)}`;
  const tests = node.patterns.map(render).map((pattern) => {
    const matches = node.operator === 'RLIKE' || node.operator === 'REGEXP';
    return matches
      ? `regexp_full_match(${operand}, ${pattern})`
      : `${operand} ${node.operator} ${pattern}${escape}`;
  });
  const test = `(${tests.join(node.quantifier === 'ALL' ? ' AND ' : ' OR ')})`;
  return node.negated ? `NOT ${test}` : test;
}

function renderObject({ entries }: Tree.ObjectLiteral, render: Render): string {
  const pairs = entries.map((entry) => {
    if (entry.kind !== 'object_entry') throw unsupported('`*` inside an object');
    const key = entry.key.kind === 'string' ? entry.key.value : entry.key.name;
    return `${quoteString(key)}, ${render(entry.value)}`;
  });
  return `json_object(${pairs.join(', ')})`;
}

/** An expression without an alias is named by its own text in upper case. */
function renderItem({ expression, alias }: Tree.SelectItem, render: Render, source: string): string {
  const value = render(expression);
  if (alias !== null) return `${value} AS ${quoteName(alias.name)}`;
  if (expression.kind === 'column' || expression.kind === 'lambda') return value;
  const text = source.slice(expression.start, expression.end);
  return `${value} AS ${quoteName(expression.kind === 'string' ? `'${expression.value}'` : text.toUpperCase())}`;
}

/** `TOP n` is a LIMIT, which stands behind the whole query. */
function renderTop(node: Tree.Query, render: Render): string | undefined {
  const { body } = node;
  if (body.kind !== 'select' || body.top === null) return undefined;
  const order = node.orderBy === null ? '' : ` ${render(node.orderBy)}`;
  const head = node.with === null ? '' : `${render(node.with)} `;
  return `${head}${render(body)}${order} LIMIT ${render(body.top)}`;
}

function renderSelect(node: Tree.Select, render: Render): string {
  if (node.into.length > 0) throw unsupported('SELECT INTO');
  const clauses = [
    `SELECT ${node.distinct ? 'DISTINCT ' : ''}${node.items.map(render).join(', ')}`,
    node.from.length === 0 ? '' : `FROM ${node.from.map(render).join(', ')}`,
    node.where === null ? '' : `WHERE ${render(node.where)}`,
    node.connectBy === null ? '' : render(node.connectBy),
    node.groupBy === null ? '' : render(node.groupBy),
    node.having === null ? '' : `HAVING ${render(node.having)}`,
    node.qualify === null ? '' : `QUALIFY ${render(node.qualify)}`,
  ];
  return clauses.filter((clause) => clause !== '').join(' ');
}

function renderDerived(node: Tree.DerivedTable, render: Render): string {
  const { alias, query, sample, lateral } = node;
  return [
    lateral ? 'LATERAL ' : '',
    `(${render(query)})`,
    derivedAlias(alias, query, render),
    sample === null ? '' : ` ${render(sample)}`,
  ].join('');
}

/** The columns of VALUES are COLUMN1, COLUMN2, ... unless the alias names them. */
function derivedAlias(alias: Tree.TableAlias | null, { body }: Tree.Query, render: Render): string {
  if (body.kind !== 'values' || (alias !== null && alias.columns.length > 0)) {
    return alias === null ? '' : ` ${render(alias)}`;
  }
  const columns = body.rows[0]!.items.map((_, index) => `"COLUMN${index + 1}"`).join(', ');
  return ` AS ${quoteName(alias?.name.name ?? 'VALUES')}(${columns})`;
}
