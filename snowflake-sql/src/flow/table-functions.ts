import { INTEGER } from './digits.ts';
import type { BoundTableFunction } from '../bound/index.ts';
import { functionNamed } from '../functions/index.ts';
import { type Argument, argumentsOf } from './arguments.ts';
import { conversion } from './failing.ts';
import { atPath, derived, GIVEN, isGiven, opaque } from './origin.ts';
import { ELEMENT, readPath, SHAPE } from './paths.ts';
import { joined } from './rope.ts';
import { type ColumnOrigin, type Flow, relation, type RelationFlow } from './state.ts';
import { failing, type Tells, unknown, used } from './tells.ts';
import { windowFlow } from './windows.ts';

/**
 * A table function's rows: what they are derived from, and how many there are. Its arguments see the preceding
 * relations.
 */
export function tableFunctionFlow(flow: Flow, node: BoundTableFunction): RelationFlow {
  const { call, columns, open } = node;
  const found = call.builtIn && !call.method ? functionNamed(call.name.name) : undefined;
  const known = found?.kind === 'table' ? found : null;
  const given = argumentsOf(flow, call, known);
  const over = call.over === null ? null : windowFlow(flow, call.over);
  const tells = joined([
    over?.tells ?? null,
    ...given.map((argument) => argumentTells(flow, call.name.name, argument)),
  ]);
  const all = derived(flow.budget, 'expression', [
    ...given.map(({ value }) => value),
    ...(over === null ? [] : [over.value]),
  ]);
  if (known === null) {
    const part = opaque(`the table function \`${call.name.name}\`, whose body is not known`, call.at);
    const values = columns.map(() => ({ value: { ...all, unresolved: part }, kind: 'unknown' as const }));
    const made = relation(flow, values, joined([tells, unknown(flow, part)]), open ?? part);
    // The arguments go into columns that cannot be referred to by name.
    flow.account.kept.push(all.references);
    return made;
  }
  if (known.name === 'FLATTEN') return flattened(flow, node, given, tells);
  const counted = joined(
    given.map(({ role, value, expression }) =>
      role.rows ? used(flow, value, 'compare', expression.at, known.name) : null,
    ),
  );
  return relation(
    flow,
    columns.map(({ name }) =>
      // The number of the input row.
      name === 'SEQ' ? { value: GIVEN, kind: INTEGER } : { value: all, kind: kindOf(known.name, name) },
    ),
    joined([tells, counted]),
    open,
  );
}

function argumentTells(flow: Flow, name: string, argument: Argument): Tells {
  const { role, value, tells, expression } = argument;
  return joined([
    tells,
    role.fails ? failing(flow, value, expression.at, name) : null,
    role.takes === 'any' || role.takes === 'common'
      ? null
      : conversion(flow, argument, role.takes, expression.at, name),
  ]);
}

function kindOf(name: string, column: string): ColumnOrigin['kind'] {
  if (!name.includes('SPLIT')) return 'unknown';
  return column === 'VALUE' ? 'text' : INTEGER;
}

/** FLATTEN's parameters by position; arguments are given by position or by name. */
const PLACES = ['INPUT', 'PATH', 'OUTER', 'RECURSIVE', 'MODE'] as const;

/** SEQ, KEY, PATH, INDEX, VALUE, THIS: elements of the input, and their names or positions in it. */
function flattened(
  flow: Flow,
  { columns, open, at }: BoundTableFunction,
  given: readonly Argument[],
  tells: Tells,
): RelationFlow {
  const { budget } = flow;
  const argument = (name: (typeof PLACES)[number]) =>
    given.find((one) => (one.name ?? PLACES[one.place]) === name);
  const input = argument('INPUT');
  const path = argument('PATH');
  const steps = path === undefined ? [] : literalPath(path);
  const others = given.filter((one) => one !== input);
  // Which elements there are depends on values that are known only at run time.
  const computed = others.filter(({ value }) => !isGiven(value)).map(({ value }) => value);
  const isComputed = others.some(({ expression }) => expression.kind !== 'literal');
  const inside = atPath(budget, input?.value ?? GIVEN, isComputed ? null : steps);
  // At an unknown depth, an element may be anything inside the value, at an unknown path.
  const isWhole = isComputed || steps === null || isRecursive(argument('RECURSIVE'));
  const whole = derived(budget, 'expression', [inside, ...computed]);
  const shape = isWhole ? whole : atPath(budget, inside, [SHAPE]);
  const name = derived(budget, 'expression', [shape]);
  const made: readonly ColumnOrigin[] = [
    { value: GIVEN, kind: INTEGER },
    { value: name, kind: 'text' },
    { value: name, kind: 'text' },
    { value: name, kind: INTEGER },
    { value: isWhole ? whole : atPath(budget, inside, [ELEMENT]), kind: 'variant' },
    { value: isWhole ? whole : inside, kind: 'variant' },
  ];
  const rows = joined([
    tells,
    used(flow, shape, 'compare', at, 'FLATTEN'),
    ...computed.map((value) => used(flow, value, 'compare', at, 'FLATTEN')),
  ]);
  return relation(
    flow,
    columns.map((_, index) => made[index] ?? { value: whole, kind: 'unknown' }),
    rows,
    open,
  );
}

function literalPath({ expression }: Argument): readonly string[] | null {
  const isText = expression.kind === 'literal' && expression.value.kind === 'string';
  return isText && expression.value.kind === 'string' ? readPath(expression.value.value) : null;
}

function isRecursive(argument: Argument | undefined): boolean {
  if (argument === undefined) return false;
  const { expression } = argument;
  return !(expression.kind === 'literal' && expression.value.kind === 'boolean' && !expression.value.value);
}
