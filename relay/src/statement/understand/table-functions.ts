import type { Call, Expression, TableFunction } from '../tree/query.ts';
import { builtInName } from './calls.ts';
import { originOf } from './expressions.ts';
import { resolveName } from './names.ts';
import { atPath, derive, NOTHING, opaque, type Origin, union } from './origin.ts';
import { relation, type Relation } from './relation.ts';
import type { Scope } from './scope.ts';
import { noteFunction, noteOpaque, type Walk } from './walk.ts';

/** The columns of a table function. Its arguments see what stands before it in FROM. */
export function relationOfTableFunction(walk: Walk, scope: Scope, { call }: TableFunction): Relation {
  const name = builtInName(call);
  const known = name === null ? undefined : KNOWN[name];
  if (name !== null && known !== undefined) {
    noteFunction(walk, { database: '', schema: '', name }, true, call);
    return known(walk, scope, call);
  }
  const resolved = resolveName(walk, call.name);
  noteFunction(walk, resolved, false, call);
  const reason = `the table function \`${resolved.name}\`, whose body is not known`;
  noteOpaque(walk, opaque(reason, call));
  const given = derive(
    'expression',
    call.arguments.map((argument) => originOf(walk, scope, argument)),
  );
  return { columns: [{ name: '', origin: given }], open: opaque(reason, call) };
}

type Columns = (walk: Walk, scope: Scope, call: Call) => Relation;

const KNOWN: Readonly<Record<string, Columns>> = {
  FLATTEN: flatten,
  SPLIT_TO_TABLE: split,
  STRTOK_SPLIT_TO_TABLE: split,
  GENERATOR: () => relation([]),
  RESULT_SCAN: resultScan,
};

/** SEQ, KEY, PATH, INDEX, VALUE, THIS: elements of the input, and the names they have in it. */
function flatten(walk: Walk, scope: Scope, call: Call): Relation {
  const input = argument(call, 'INPUT', 0);
  const path = argument(call, 'PATH', 1);
  const base = input === undefined ? NOTHING : originOf(walk, scope, input);
  const inner =
    path?.kind === 'string'
      ? atPath(
          base,
          path.value.split(/[.[\]"']+/).filter((part) => part !== ''),
        )
      : base;
  const computed = path === undefined || path.kind === 'string' ? [] : [originOf(walk, scope, path)];
  const recursive = argument(call, 'RECURSIVE', 3);
  // At any depth it may be anything inside: as much as the whole.
  const everyDepth = recursive !== undefined && !(recursive.kind === 'boolean' && !recursive.value);
  const value = union([everyDepth ? inner : atPath(inner, ['*']), ...computed]);
  const name = derive('expression', [value]);
  return relation([
    { name: 'SEQ', origin: NOTHING },
    { name: 'KEY', origin: name },
    { name: 'PATH', origin: name },
    { name: 'INDEX', origin: name },
    { name: 'VALUE', origin: value },
    { name: 'THIS', origin: everyDepth ? inner : union([inner, ...computed]) },
  ]);
}

function split(walk: Walk, scope: Scope, call: Call): Relation {
  const value = derive(
    'expression',
    call.arguments.map((part) => originOf(walk, scope, part)),
  );
  return relation([
    { name: 'SEQ', origin: NOTHING },
    { name: 'INDEX', origin: value },
    { name: 'VALUE', origin: value },
  ]);
}

/** The result of an earlier statement of this session, when it can be told which. */
function resultScan(walk: Walk, _: Scope, call: Call): Relation {
  const earlier = earlierResult(walk, call.arguments[0]);
  if (earlier === undefined) {
    const part = opaque('the result of a statement that is not known here', call);
    noteOpaque(walk, part);
    return { columns: [], open: part };
  }
  return relation(
    earlier.outputs.map(({ name, sources, unresolved }): { name: string; origin: Origin } => ({
      name,
      origin: { sources, unresolved: unresolved ?? null },
    })),
  );
}

function earlierResult({ context: { results } }: Walk, id: Expression | undefined) {
  if (id?.kind === 'string') return results.get(id.value);
  if (id?.kind !== 'call' || builtInName(id) !== 'LAST_QUERY_ID') return undefined;
  const [place] = id.arguments;
  if (place === undefined) return [...results.values()].at(-1);
  const isCount = place.kind === 'unary' && place.operator === '-' && place.operand.kind === 'number';
  return isCount ? [...results.values()].at(-Number((place.operand as { text: string }).text)) : undefined;
}

function argument(call: Call, name: string, place: number): Expression | undefined {
  const named = call.arguments.find((one) => one.kind === 'named_argument' && one.name.name === name);
  if (named?.kind === 'named_argument') return named.value;
  const positional = call.arguments[place];
  return positional?.kind === 'named_argument' ? undefined : positional;
}
