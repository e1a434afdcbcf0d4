import { isSluiceError, SluiceError } from '../../errors.ts';
import { formatObjectName, isTemporaryCreate, type ObjectName } from '@sluice/snowflake-sql';
import { type Floor, withFloor } from '@sluice/snowflake-sql/execution';
import type { Planned, ToPlan } from '../plan.ts';
import type { SessionState } from '../session-state.ts';
import { unsupported } from './errors.ts';
import { checkKnownSafe } from './known-safe.ts';
import { alterSession } from './parameters.ts';
import type { Effect, ExpectedState, Plan } from './plan.ts';

/** Plans a statement for Snowflake: its own text on the floor, and what it does to the session. Pure; throws nothing. */
export function planSnowflake(statement: ToPlan): Planned {
  try {
    return { plan: { for: 'snowflake', ...planStatement(statement) }, problem: null };
  } catch (thrown) {
    const error = isSluiceError(thrown)
      ? thrown
      : new SluiceError('internal', 'the statement could not be planned', { cause: thrown });
    const { code, message, advice, warehouse } = error;
    return { plan: null, problem: { code, message, advice, warehouse } };
  }
}

/** Throws `unsupported_by_warehouse`. */
export function planStatement(statement: ToPlan): Plan {
  const { bound, isAsked, source } = statement;
  checkKnownSafe(bound, isAsked);
  const { effect, sql } = effectOf(statement);
  if (sql !== undefined) return { sql, salts: [], raw: null, effect };
  const floor = bound.statement.kind === 'unload' ? withoutMasks(statement.floor) : statement.floor;
  const floored = withFloor({ source }, bound, floor, statement.catalog, statement.context);
  if ('sql' in floored) return { sql: floored.sql, salts: floored.salts, raw: null, effect };
  // People see the statement as it was sent, and that is what they let through.
  if (isAsked) return { sql: source, salts: [], raw: floored.notWrappable, effect };
  throw new SluiceError(
    'unsupported_by_warehouse',
    `on Snowflake no blanks can be put in for this statement: ${floored.notWrappable}`,
    {
      advice:
        'name the column itself where you group by it or compare it, in the SELECT that reads its table, or leave it out of the result; or have the statement asked about',
      warehouse: { code: '000002', sqlState: '0A000' },
    },
  );
}

/**
 * The floor where no mask follows: the account itself writes the files of an unload, so what would be masked on its way to a client
 * is a blank in them.
 */
function withoutMasks(floor: Floor): Floor {
  return (column) => {
    const guard = floor(column);
    if (guard === null) return null;
    const raw = new Set(guard.raw);
    raw.delete('direct');
    raw.delete('expression');
    return { ...guard, raw };
  };
}

/** What it does to the session; and another text, where the client's is not what is sent. */
function effectOf(statement: ToPlan): { readonly effect: Effect; readonly sql?: string | null } {
  const { bound, surroundings } = statement;
  const { tree } = bound;
  switch (bound.statement.kind) {
    case 'query':
      return { effect: { kind: 'query' } };
    case 'insert':
    case 'multi_insert':
    case 'update':
    case 'delete':
    case 'merge':
      return { effect: { kind: 'change' } };
    case 'truncate':
      return { effect: { kind: 'final', of: 'TRUNCATE' } };
    case 'unload':
    case 'load':
      return { effect: { kind: 'final', of: 'COPY INTO' } };
    case 'files':
      return { effect: onFiles(bound.statement.what) };
    case 'set':
      return { effect: { kind: 'set', names: bound.statement.assignments.map(({ name }) => name) } };
    case 'create':
    case 'alter':
    case 'inner':
    case 'other':
      break;
    default:
      return bound.statement satisfies never;
  }
  switch (tree.kind) {
    case 'put':
    case 'get':
    case 'list':
    case 'remove':
      return { effect: onFiles(tree.kind) };
    case 'show':
    case 'describe':
      return { effect: { kind: 'listing' } };
    case 'unset_variables':
      return { effect: { kind: 'unset', names: tree.names.map(({ name }) => name) } };
    case 'transaction':
      return { effect: { kind: 'transaction', action: tree.action } };
    case 'use':
      return { effect: { kind: 'use', expected: afterUse(statement) } };
    case 'alter': {
      if (tree.objectType !== 'session') return { effect: ddlOf(statement) };
      const { sql, set, unset } = alterSession(tree);
      return { effect: { kind: 'parameters', set, unset }, sql };
    }
    case 'create':
    case 'drop':
    case 'undrop':
    case 'comment':
    case 'grant':
    case 'revoke':
      return { effect: ddlOf(statement) };
    default:
      throw unsupported(`${tree.kind.replaceAll('_', ' ')} statements`, '');
  }

  function afterUse({ bound: used }: ToPlan): ExpectedState {
    if (tree.kind !== 'use' || tree.name === null) throw unsupported('this form of USE', '');
    const { state } = surroundings;
    const named = used.names.get(tree.name);
    if (named === undefined) throw unsupported('this form of USE', 'write the name out');
    return expectedAfter(tree.what, named, state);
  }
}

function onFiles(what: 'put' | 'get' | 'list' | 'remove'): Effect {
  switch (what) {
    case 'put':
    case 'get':
      return { kind: 'transfer', what };
    case 'list':
      return { kind: 'listing' };
    case 'remove':
      return { kind: 'final', of: 'REMOVE' };
    default:
      return what satisfies never;
  }
}

function expectedAfter(
  what: 'role' | 'secondary_roles' | 'warehouse' | 'database' | 'schema' | 'catalog',
  named: ObjectName,
  state: SessionState,
): ExpectedState {
  switch (what) {
    case 'database':
      return { ...state, database: named.name, schema: undefined };
    case 'schema':
      return {
        ...state,
        schema: named.name,
        database: named.database === '' ? state.database : named.database,
      };
    case 'warehouse':
      return { ...state, warehouse: named.name };
    case 'role':
      return { ...state, role: named.name };
    case 'secondary_roles':
    case 'catalog':
      throw unsupported(`USE ${what.toUpperCase().replaceAll('_', ' ')}`, '');
    default:
      return what satisfies never;
  }
}

function ddlOf({ bound, surroundings }: ToPlan): Effect {
  const { tree, statement } = bound;
  const temporary = surroundings.answers.temporary;
  const changed = bound.objects
    .filter(({ access }) => access === 'create' || access === 'alter' || access === 'drop')
    .map(({ name }) => name);
  const [first] = changed;
  const isTemporary = first !== undefined && temporary.has(formatObjectName(first));
  if (tree.kind === 'alter' && isTemporary)
    throw unsupported('ALTER of a temporary table', 'make it anew, with CREATE OR REPLACE TEMPORARY TABLE');
  const ddl = { kind: 'ddl', changed, makesRows: false, temporary: null } as const;
  if (tree.kind === 'create' && first !== undefined) {
    const makesTemporary = isTemporaryCreate(tree);
    const makesRows =
      statement.kind === 'create' &&
      tree.objectType === 'table' &&
      (statement.query !== null || tree.clone?.how === 'clone');
    return { ...ddl, makesRows, temporary: makesTemporary ? { is: 'made', object: first } : null };
  }
  if (tree.kind === 'drop' && isTemporary) return { ...ddl, temporary: { is: 'dropped', object: first } };
  return ddl;
}
