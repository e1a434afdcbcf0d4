import type { BoundExpression, BoundObject, BoundOrder, BoundWrapped } from '../bound/index.ts';
import type { BindType } from '../catalog.ts';
import type { SourceRange } from '../source-range.ts';
import type { Bind } from '../tree/names.ts';
import type { ColumnReference, Expression, ObjectLiteral, OrderBy, Path } from '../tree/query.ts';
import { type Binder, nextLambda, noteObject, placeOf, spend, visit } from './binder.ts';
import { bindName } from './bind-names.ts';
import { bindCall } from './calls.ts';
import { resolveName } from './names.ts';
import { formatIdentifier } from '../object-name.ts';
import { unknownColumn } from '../problem.ts';
import { bindQuery } from './queries.ts';
import { inSight, lookUp, lookUpPosition, type Scope, withLambda } from './scope.ts';
import { bindStar } from './star.ts';

/** Binds an expression. Throws `Unresolvable` for a name that cannot be resolved. */
export function bindExpression(binder: Binder, scope: Scope, node: Expression): BoundExpression {
  spend(binder, 1);
  visit(binder, node);
  const at = placeOf(binder, node);
  const bind = (part: Expression) => bindExpression(binder, scope, part);
  const wrapped = (
    how: BoundWrapped['how'],
    operand: Expression,
    word: string | null = null,
  ): BoundExpression => ({ kind: 'wrapped', how, word, operand: bind(operand), at });
  switch (node.kind) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
    case 'default':
    case 'typed_literal':
    case 'interval':
      return { kind: 'literal', value: node, at };
    case 'bind':
      return bindPlace(binder, scope, node);
    case 'variable':
      return {
        kind: 'variable',
        name: node.name,
        origin: binder.context.variables.get(node.name) ?? null,
        at,
      };
    case 'column':
      return bindColumn(binder, scope, node);
    case 'position': {
      const qualifier = node.qualifier?.parts.map(({ name }) => name) ?? [];
      return lookUpPosition(binder, scope, qualifier, node.index, node);
    }
    case 'dynamic_name':
      visit(binder, node.argument);
      return { kind: 'unknown', reason: 'a name that is computed from a value', sees: inSight(scope), at };
    case 'stage':
      return { kind: 'unknown', reason: 'a stage', sees: [], at };
    case 'star':
      return bindStar(binder, scope, node);
    case 'paren':
    case 'odbc_escape':
      return bind(node.inner);
    case 'row':
      return { kind: 'row', items: node.items.map(bind), at };
    case 'array':
      return { kind: 'array', items: node.items.map(bind), at };
    case 'object':
      return bindObject(binder, scope, node);
    case 'spread':
    case 'outer_join_mark':
      return wrapped(node.kind, node.operand);
    case 'prior':
      return wrapped(node.operator === 'PRIOR' ? 'prior' : 'connect_by_root', node.operand);
    case 'match_semantics':
      return wrapped(node.semantics === 'FINAL' ? 'final' : 'running', node.operand);
    case 'collate':
      return wrapped('collate', node.operand, node.collation.value);
    case 'named_argument':
      return wrapped('named', node.value, node.name.name);
    case 'not':
      return { kind: 'not', operand: bind(node.operand), at };
    case 'unary':
      return { kind: 'unary', operator: node.operator, operand: bind(node.operand), at };
    case 'logical':
      return { kind: 'logical', operator: node.operator, operands: node.operands.map(bind), at };
    case 'binary':
      return { kind: 'binary', operators: node.operators, operands: node.operands.map(bind), at };
    case 'comparison':
      return {
        kind: 'comparison',
        operator: node.operator,
        left: bind(node.left),
        right: bind(node.right),
        at,
      };
    case 'quantified':
      return {
        kind: 'quantified',
        operator: node.operator,
        quantifier: node.quantifier,
        left: bind(node.left),
        right: bind(node.right),
        at,
      };
    case 'distinct_from':
      return {
        kind: 'distinct_from',
        negated: node.negated,
        left: bind(node.left),
        right: bind(node.right),
        at,
      };
    case 'between':
      return {
        kind: 'between',
        negated: node.negated,
        operand: bind(node.operand),
        low: bind(node.low),
        high: bind(node.high),
        at,
      };
    case 'in_list':
      return {
        kind: 'in_list',
        negated: node.negated,
        operand: bind(node.operand),
        list: node.list.map(bind),
        at,
      };
    case 'in_query':
      return {
        kind: 'in_query',
        negated: node.negated,
        operand: bind(node.operand),
        query: bindSubquery(binder, scope, node),
        at,
      };
    case 'like':
      return {
        kind: 'like',
        operator: node.operator,
        negated: node.negated,
        quantifier: node.quantifier,
        operand: bind(node.operand),
        patterns: node.patterns.map(bind),
        escape: node.escape === null ? null : bind(node.escape),
        at,
      };
    case 'is':
      return { kind: 'is', negated: node.negated, test: node.test, operand: bind(node.operand), at };
    case 'case':
      return {
        kind: 'case',
        operand: node.operand === null ? null : bind(node.operand),
        branches: node.branches.map(({ when, result }) => ({ when: bind(when), result: bind(result) })),
        otherwise: node.otherwise === null ? null : bind(node.otherwise),
        at,
      };
    case 'cast':
      return { kind: 'cast', style: node.style, operand: bind(node.operand), type: node.type, at };
    case 'path':
      return bindPath(binder, scope, node);
    case 'call':
      return bindCall(binder, scope, node);
    case 'extract': {
      const { part } = node;
      const word = part.kind === 'string' ? part.value.toUpperCase() : part.name;
      return { kind: 'extract', part: word, from: bind(node.from), at };
    }
    case 'subquery':
      return { kind: 'subquery', query: bindSubquery(binder, scope, node), at };
    case 'exists':
      return { kind: 'exists', query: bindSubquery(binder, scope, node), at };
    case 'lambda': {
      const id = nextLambda(binder);
      const parameters = node.parameters.map(({ name }) => name.name);
      const body = bindExpression(binder, withLambda(scope, parameters, id), node.body);
      return { kind: 'lambda', id, parameters, body, at };
    }
    case 'table_argument':
      if (node.source.kind === 'query')
        return { kind: 'subquery', query: bindSubquery(binder, scope, { query: node.source }), at };
      return { kind: 'unknown', reason: 'a table as an argument', sees: inSight(scope), at };
    default:
      return node satisfies never;
  }
}

/** A subquery in an expression: its aggregates are its own. */
function bindSubquery(binder: Binder, scope: Scope, { query }: { query: Parameters<typeof bindQuery>[3] }) {
  const before = binder.noted.aggregates;
  const bound = bindQuery(binder, scope, scope.ctes, query);
  binder.noted.aggregates = before;
  return bound;
}

function bindPlace(binder: Binder, scope: Scope, node: Bind): BoundExpression {
  const at = placeOf(binder, node);
  const name = bindName(binder, node);
  // A variable of the enclosing block may contain anything that an earlier statement assigned.
  if (binder.inBlock && !/^(?:\d+|\?)$/.test(name))
    return { kind: 'unknown', reason: 'a variable of the scripting block', sees: inSight(scope), at };
  return given(name, binder.context.binds?.get(name) ?? null, at);
}

/** Drivers send a time as a number, which whoever runs the statement writes as a text: it is of the type that they say, as if it was cast. */
function given(name: string, type: BindType | null, at: SourceRange): BoundExpression {
  switch (type) {
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_TZ':
      return {
        kind: 'cast',
        style: '::',
        operand: { kind: 'bind', name, family: 'time', at },
        type: { kind: 'data_type', ...at, name: type, parameters: [], fields: [] },
        at,
      };
    default:
      return { kind: 'bind', name, family: type, at };
  }
}

function bindColumn(binder: Binder, scope: Scope, node: ColumnReference): BoundExpression {
  const names = node.parts.map(({ name }) => name);
  if (node.publicSchema) names.splice(1, 0, 'PUBLIC');
  const found = lookUp(binder, scope, names, node);
  if (found !== null) return found;
  const at = placeOf(binder, node);
  const last = names.at(-1)!;
  if (isNextValue(names)) {
    const parts = node.parts.slice(0, -1);
    const name = resolveName(binder, {
      kind: 'qualified_name',
      start: node.start,
      end: parts.at(-1)!.end,
      parts,
      publicSchema: node.publicSchema,
    });
    noteObject(binder, 'sequence', name, 'use', node);
    return { kind: 'literal', value: { kind: 'sequence', name }, at };
  }
  if (names.length === 1 && (last === 'LEVEL' || last === 'CONNECT_BY_ISLEAF') && isHierarchical(scope))
    return { kind: 'literal', value: { kind: 'level' }, at };
  throw unknownColumn(names.map(formatIdentifier).join('.'), node);
}

/** The meaning of a dotted name that is not a column. */
export function isNextValue(names: readonly string[]): boolean {
  return names.length > 1 && names.at(-1) === 'NEXTVAL';
}

function isHierarchical(scope: Scope): boolean {
  return scope.hierarchical || (scope.parent !== null && isHierarchical(scope.parent));
}

function bindObject(binder: Binder, scope: Scope, node: ObjectLiteral): BoundObject {
  const entries = node.entries.map((entry) => {
    if (entry.kind !== 'object_entry') return { key: null, value: bindExpression(binder, scope, entry) };
    const key = entry.key.kind === 'string' ? entry.key.value : entry.key.name;
    return { key, value: bindExpression(binder, scope, entry.value) };
  });
  return { kind: 'object', entries, at: placeOf(binder, node) };
}

function bindPath(binder: Binder, scope: Scope, { base, steps, ...node }: Path): BoundExpression {
  const bound = steps.map((step) => {
    if (step.kind === 'path_field') return step.name;
    visit(binder, step.index);
    if (step.index.kind === 'string') return step.index.value;
    if (step.index.kind === 'number' && /^\d+$/.test(step.index.text)) return Number(step.index.text);
    return bindExpression(binder, scope, step.index);
  });
  return {
    kind: 'path',
    base: bindExpression(binder, scope, base),
    steps: bound,
    at: placeOf(binder, node),
  };
}

/** The items of an ORDER BY inside an expression: they see what is in scope, never the result. */
export function bindOrder(binder: Binder, scope: Scope, orderBy: OrderBy | null): readonly BoundOrder[] {
  if (orderBy === null) return [];
  return orderBy.items.map(({ expression, descending, nulls }) => ({
    expression: bindExpression(binder, scope, expression),
    descending,
    nulls,
  }));
}
