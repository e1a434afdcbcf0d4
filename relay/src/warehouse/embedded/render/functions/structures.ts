import { unsupported } from '../../errors.ts';
import { renderComputedStep, renderElement, renderField } from '../json.ts';
import { once } from '../once.ts';
import { parseSteps } from '../path-text.ts';
import type { Arguments, Rendered } from './arguments.ts';
import { json } from './items.ts';

/** Parts of semi-structured values, which are JSON in DuckDB. */
export const structures: Readonly<Record<string, Rendered>> = {
  GET: (args) => {
    const name = args.literal(1);
    const step = args.expression(1);
    if (step.kind === 'literal' && step.value.kind === 'string' && name !== null)
      return renderField(json(args, 0), name);
    return renderComputedStep(json(args, 0), step, args.place);
  },
  GET_PATH: (args) => atPath(args, json(args, 0)),
  JSON_EXTRACT_PATH_TEXT: (args) =>
    `json_extract_string(${atPath(args, `CAST(${args.text(0)} AS JSON)`)}, '$')`,
  // The name as it is written comes before others.
  GET_IGNORE_CASE: (args) =>
    once(args.place.rendering, [json(args, 0), args.text(1)], (value, name) => {
      const alike = `list_filter(json_keys(${value}), lambda k: lower(k) = lower(${name}))`;
      return once(args.place.rendering, [alike], (keys) => {
        const key = `CASE WHEN list_contains(${keys}, ${name}) THEN ${name} ELSE ${keys}[1] END`;
        return `json_extract(${value}, '/' || replace(replace(${key}, '~', '~0'), '/', '~1'))`;
      });
    }),
  SPLIT: (args) => `to_json(string_split(${args.text(0)}, ${args.text(1)}))`,
};

function atPath(args: Arguments, value: string): string {
  const path = args.literal(1);
  if (path === null) throw unsupported('a computed path');
  return parseSteps(path).reduce<string>(
    (found, step) => (typeof step === 'string' ? renderField(found, step) : renderElement(found, step)),
    value,
  );
}
