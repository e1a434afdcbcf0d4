import {
  addBoundChildren,
  type AnyBoundNode,
  type BoundCall,
  type BoundExpression,
  type BoundLambda,
  functionNamed,
} from '@sluice/snowflake-sql/execution';
import { unsupported } from '../../errors.ts';
import { familyOf } from '../../types/snowflake-type.ts';
import { castTo } from '../casts.ts';
import { type Place, renderPart } from '../expressions.ts';
import { bounded, LONGEST_OF_A_ROW } from '../growth.ts';
import { once } from '../once.ts';
import type { Arguments, Rendered } from './arguments.ts';
import { boundedArray, items, json } from './items.ts';

/** Functions of functions. A parameter is an item, as JSON; DuckDB never looks its name up. */
export const lambdas: Readonly<Record<string, Rendered>> = {
  TRANSFORM: (args) =>
    overItems(args, (list, body) => {
      const [item, place] = within(args, list, body, 1);
      return boundedArray(args, `list_transform(${list}, lambda ${item}: ${asJson(place, body.body)})`);
    }),
  FILTER: (args) =>
    overItems(args, (list, body) => {
      const [item, place] = within(args, list, body, 1);
      return `to_json(list_filter(${list}, lambda ${item}: ${castTo(place, body.body, 'BOOLEAN')}))`;
    }),
  REDUCE: (args) =>
    overItems(
      args,
      (list, body) => {
        const [sum, place] = within(args, list, body, 2);
        const item = place.scope.locals.get(`${body.id}.${body.parameters[1]}`)!;
        const { rendering } = args.place;
        const next = once(rendering, [asJson(place, body.body)], (made) =>
          bounded(`length(CAST(${made} AS VARCHAR))`, LONGEST_OF_A_ROW, made),
        );
        // DuckDB's takes no NULL to begin with, and no list without an item.
        const start = `coalesce(${json(args, 1)}, 'null'::JSON)`;
        const reduced = `list_reduce(list_transform(${list}, lambda v: coalesce(v, 'null'::JSON)), lambda ${sum}, ${item}: coalesce(${next}, 'null'::JSON), ${start})`;
        return asStart(args, `CASE WHEN ${list} IS NOT NULL THEN ${reduced} END`);
      },
      2,
    ),
};

function overItems(args: Arguments, make: (list: string, lambda: BoundLambda) => string, at = 1): string {
  const lambda = args.expression(at);
  if (lambda.kind !== 'lambda') throw unsupported(`${args.call.name.name} of anything but a lambda`);
  return once(args.place.rendering, [items(args, 0)], (list) => {
    const texts = contentsOf(lambda, args.place);
    const made = make(list, lambda);
    if (texts.length === 0) return made;
    // What stands there for each item is as long for each.
    const length = texts.map((text) => `coalesce(length(CAST(${text} AS VARCHAR)), 0)`).join(' + ');
    return bounded(`len(${list}) * CAST(${length} AS DOUBLE)`, LONGEST_OF_A_ROW, made);
  });
}

/** Where the body of a lambda stands: the name of its first parameter, and what all of them mean. */
function within(
  args: Arguments,
  list: string,
  { id, parameters }: BoundLambda,
  count: number,
): [string, Place] {
  if (parameters.length !== count)
    throw unsupported(`a lambda of ${parameters.length} parameters in ${args.call.name.name}`);
  const { rendering, scope } = args.place;
  const names = parameters.map(() => rendering.fresh('l'));
  const locals = new Map(scope.locals);
  for (const [index, parameter] of parameters.entries()) locals.set(`${id}.${parameter}`, names[index]!);
  const share = `(${scope.share ?? LONGEST_OF_A_ROW} // greatest(len(${list}), 1))`;
  return [names[0]!, { ...args.place, scope: { ...scope, locals, share } }];
}

/** Columns and such that a lambda's body mentions, and that may be long. */
function contentsOf(lambda: BoundLambda, place: Place): readonly string[] {
  const texts: string[] = [];
  const left: AnyBoundNode[] = [lambda.body];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    switch (next.kind) {
      case 'subquery':
      case 'exists':
      case 'in_query':
      case 'query':
        throw unsupported('a query inside a lambda');
      case 'column':
      case 'bind':
      case 'variable':
        if (mayBeLong(place, next)) texts.push(renderPart(place, next));
        break;
      default:
        if (next.kind === 'call' && isOfRows(next)) throw unsupported(`${next.name.name} inside a lambda`);
        addBoundChildren(next, left);
    }
  }
  return [...new Set(texts)];
}

function isOfRows({ name, over }: BoundCall): boolean {
  const kind = functionNamed(name.name)?.kind;
  return over !== null || kind === 'aggregate' || kind === 'count' || kind === 'window';
}

function mayBeLong({ rendering }: Place, expression: BoundExpression): boolean {
  return ['text', 'variant', 'unknown'].includes(rendering.types.familyOf(expression));
}

/** A whole number of those that are computed with is written as one. */
function asJson(place: Place, body: BoundExpression): string {
  if (place.rendering.types.of(body).kind !== 'real') return castTo(place, body, 'JSON');
  return once(
    place.rendering,
    [renderPart(place, body)],
    (x) =>
      `CASE WHEN ${x} = floor(${x}) AND abs(${x}) < 1e15 THEN to_json(CAST(${x} AS BIGINT)) ELSE to_json(${x}) END`,
  );
}

/** What REDUCE gives is of the type of what it begins with. */
function asStart(args: Arguments, made: string): string {
  const text = `json_extract_string(${made}, '$')`;
  switch (familyOf(args.place.rendering.types.of(args.call))) {
    case 'number':
      return `CAST(${text} AS DOUBLE)`;
    case 'boolean':
      return `CAST(${text} AS BOOLEAN)`;
    case 'text':
      return text;
    default:
      return made;
  }
}
