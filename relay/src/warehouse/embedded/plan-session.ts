import type { Tree } from '@sluice/snowflake-sql';
import type { Bound } from '@sluice/snowflake-sql/execution';
import type { ParameterValue, SessionState } from '../session-state.ts';
import { unsupported } from './errors.ts';
import { parameterNamed } from './parameters/parameters.ts';
import { readParameter, unknownParameter } from './parameters/read.ts';
import type { Plan } from './plan.ts';

export function planUse(bound: Bound, { what, name }: Tree.Use, state: SessionState): Plan {
  if (name === null) return { kind: 'use', state: null, check: null };
  return {
    kind: 'use',
    state: afterUse(state, bound, what, name),
    check: what === 'database' ? 'schema' : what === 'schema' || what === 'warehouse' ? what : null,
  };
}

function afterUse(
  state: SessionState,
  bound: Bound,
  what: Tree.Use['what'],
  name: NonNullable<Tree.Use['name']>,
): SessionState {
  if (what === 'secondary_roles' || what === 'catalog') return state;
  const used = bound.names.get(name);
  if (used === undefined) throw unsupported('this form of USE');
  switch (what) {
    case 'database':
      return { ...state, database: used.name, schema: 'PUBLIC' };
    case 'schema':
      return { ...state, schema: used.name, database: used.database === '' ? state.database : used.database };
    case 'warehouse':
      return { ...state, warehouse: used.name };
    case 'role':
      return { ...state, role: used.name };
    default:
      return what satisfies never;
  }
}

/** All or none: every value is looked at before any is set. */
export function planAlterSession({ actions }: Tree.Alter): Plan {
  const set: Record<string, ParameterValue> = {};
  const unset: string[] = [];
  for (const action of actions) {
    if (action.kind === 'set_options') {
      for (const { name, value } of action.options) {
        if (name.kind !== 'words') throw unknownParameter(name.value);
        const key = name.text.toUpperCase();
        if (parameterNamed(key) === null) throw unknownParameter(key);
        set[key] = readParameter(key, literalOf(value));
      }
    } else if (action.kind === 'unset_options') {
      for (const { text } of action.names) {
        const key = text.toUpperCase();
        if (parameterNamed(key) === null) throw unknownParameter(key);
        unset.push(key);
      }
    } else throw unsupported('this form of ALTER SESSION');
  }
  return { kind: 'parameters', set, unset };
}

function literalOf(value: Tree.OptionValue | null): ParameterValue {
  if (value?.kind === 'string' || value?.kind === 'boolean') return value.value;
  if (value?.kind === 'number' || value?.kind === 'words') return value.text;
  if (value?.kind === 'qualified_name') {
    const [only, ...more] = value.parts;
    if (only !== undefined && more.length === 0) return only.name;
  }
  throw unsupported('a session parameter whose value is no literal');
}
