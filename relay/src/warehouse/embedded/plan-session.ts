import type { Tree } from '@sluice/snowflake-sql';
import type { Bound } from '@sluice/snowflake-sql/execution';
import { shown, word } from '../../text/index.ts';
import type { SessionState } from '../session-state.ts';
import { unsupported } from './errors.ts';
import type { Plan } from './plan.ts';
import { statementTypes } from './statement-types.ts';

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

/** Parameters that change nothing here, and that clients set as a matter of course. */
const IGNORED_PARAMETERS =
  /^(AUTOCOMMIT|QUERY_TAG|TIMEZONE|STATEMENT_TIMEOUT_IN_SECONDS|USE_CACHED_RESULT|\w+_OUTPUT_FORMAT|\w+_INPUT_FORMAT|\w+_QUERY_RESULT_FORMAT|CLIENT_\w+|MULTI_STATEMENT_COUNT)$/;

export function planAlterSession({ actions }: Tree.Alter): Plan {
  const names = actions.flatMap((action) =>
    action.kind === 'set_options'
      ? action.options.map(({ name }) => (name.kind === 'words' ? name.text : name.value))
      : [],
  );
  const unknown = names.find((name) => !IGNORED_PARAMETERS.test(name.toUpperCase()));
  if (unknown !== undefined) throw unsupported(shown`the session parameter ${word(unknown)}`);
  return { kind: 'done', statementTypeId: statementTypes.alterSession };
}
