import { unsupported } from '../../errors.ts';
import { castTo } from '../casts.ts';
import { renderExpression } from '../expressions.ts';
import {
  arrayOf,
  entryOf,
  type ObjectEntry,
  objectOf,
  renderComputedStep,
  renderField,
  renderElement,
} from '../json.ts';
import { LONGEST_TEXT } from '../../types/snowflake-type.ts';
import { bounded } from '../growth.ts';
import { quoteString } from '../quote.ts';
import { parseSteps } from '../path-text.ts';
import { once } from '../once.ts';
import type { Arguments, Rendered } from './arguments.ts';

/** Semi-structured values: JSON in DuckDB. */
export const structures: Readonly<Record<string, Rendered>> = {
  OBJECT_CONSTRUCT: (args) =>
    // A key without a value is left out.
    `json_merge_patch('{}'::JSON, ${objectOf(entriesOf(args), args.place)})`,
  OBJECT_CONSTRUCT_KEEP_NULL: (args) => objectOf(entriesOf(args), args.place),
  ARRAY_CONSTRUCT: (args) =>
    arrayOf(
      args.all(() => '').map((_, index) => args.expression(index)),
      args.place,
    ),
  OBJECT_KEYS: (args) => `to_json(json_keys(${json(args, 0)}))`,
  ARRAY_SIZE: (args) =>
    once(
      args.place.rendering,
      [json(args, 0)],
      (list) => `CASE WHEN json_type(${list}) = 'ARRAY' THEN CAST(json_array_length(${list}) AS BIGINT) END`,
    ),
  ARRAY_CONTAINS: (args) => `list_contains(CAST(${json(args, 1)} AS JSON[]), ${json(args, 0)})`,
  ARRAY_TO_STRING: (args) => {
    const separator = args.literal(1);
    if (separator === null) throw unsupported('a separator that is computed');
    const texts = `list_transform(CAST(${json(args, 0)} AS JSON[]), lambda v: json_extract_string(v, '$'))`;
    return once(args.place.rendering, [texts], (list) =>
      bounded(
        `coalesce(list_sum(list_transform(${list}, lambda s: length(s))) + len(${list}) * ${separator.length}, 0)`,
        LONGEST_TEXT,
        `array_to_string(${list}, ${quoteString(separator)})`,
      ),
    );
  },
  GET: (args) => {
    const name = args.literal(1);
    const step = args.expression(1);
    if (step.kind === 'literal' && step.value.kind === 'string' && name !== null)
      return renderField(json(args, 0), name);
    return renderComputedStep(json(args, 0), step, args.place);
  },
  GET_PATH: (args) => {
    const path = args.literal(1);
    if (path === null) throw unsupported('a computed path');
    return parseSteps(path).reduce<string>(
      (value, step) => (typeof step === 'string' ? renderField(value, step) : renderElement(value, step)),
      json(args, 0),
    );
  },
  SPLIT: (args) => `to_json(string_split(${args.text(0)}, ${args.text(1)}))`,
  TRANSFORM: (args) => overItems(args, 'list_transform'),
  FILTER: (args) => overItems(args, 'list_filter'),
};

function json(args: Arguments, index: number): string {
  return castTo(args.place, args.expression(index), 'JSON');
}

function entriesOf(args: Arguments): readonly ObjectEntry[] {
  const [only] = args.call.arguments;
  if (only?.kind === 'columns') {
    if (only.open !== null) throw unsupported('`*` of columns that are not known');
    return only.columns.map(entryOf);
  }
  if (args.count % 2 === 1) throw unsupported('a key without a value');
  return Array.from({ length: args.count / 2 }, (_, index) => ({
    key: args.text(2 * index),
    value: args.expression(2 * index + 1),
  }));
}

function overItems(args: Arguments, name: string): string {
  const lambda = args.expression(1);
  if (lambda.kind !== 'lambda' || lambda.parameters.length !== 1) throw unsupported('a lambda of this form');
  const { rendering, scope } = args.place;
  const parameter = rendering.fresh('l');
  const locals = new Map(scope.locals).set(`${lambda.id}.${lambda.parameters[0]}`, parameter);
  const body = renderExpression(rendering, { ...scope, locals }, lambda.body, args.place.reading);
  return `to_json(${name}(CAST(${json(args, 0)} AS JSON[]), lambda ${parameter}: ${body}))`;
}
