import { formatObjectName, type FunctionUse, type ObjectType, type Tree } from '@sluice/snowflake-sql';
import { type Bound, functionNamed } from '@sluice/snowflake-sql/execution';
import { unsupported } from './errors.ts';

/**
 * Which statements may be sent to Snowflake at all. The list is of what is known to be safe: everything that Snowflake
 * has beside it, today or some day, is refused, or asked about where a person can tell from its text what it will do.
 */
export function checkKnownSafe(bound: Bound, isAsked: boolean): void {
  const never = neverRun(bound);
  if (never !== null) throw unsupported(...never);
  const doubtful = doubtfulPart(bound);
  if (doubtful === null || isAsked) return;
  throw unsupported(
    `${doubtful} unasked`,
    'a policy may have such statements asked about (`effect: ask`): then a person decides on its text',
  );
}

type Refusal = readonly [what: string, advice: string];

/** What nobody can let through: nothing of it would be masked, or nobody could say what it does. */
function neverRun({ tree, statement, functions }: Bound): Refusal | null {
  if (statement.kind === 'inner' || ('inner' in statement && statement.inner.length > 0))
    return [nested(tree), 'send the statements one by one'];
  switch (tree.kind) {
    case 'call_statement':
      return ['stored procedures', 'send what the procedure does as statements'];
    case 'copy_files':
      return ['COPY FILES', 'copy files of stages beside the relay'];
    case 'use':
      return tree.what === 'secondary_roles'
        ? ['USE SECONDARY ROLES: sessions have one role', 'USE ROLE another one that your groups have']
        : tree.what === 'catalog'
          ? ['USE CATALOG', '']
          : null;
    case 'create':
    case 'drop':
    case 'undrop':
    case 'alter':
      return ['database', 'schema', 'account', 'user'].includes(tree.objectType)
        ? [`${tree.kind.toUpperCase()} ${tree.objectType.toUpperCase()}`, 'have it done beside the relay']
        : null;
    case 'execute_object':
      return [`EXECUTE ${tree.what.toUpperCase().replaceAll('_', ' ')}`, 'have it done beside the relay'];
    default: {
      const earlier = functions.find(({ name, builtIn }) => builtIn && OF_EARLIER.has(name.name));
      return earlier === undefined
        ? null
        : [
            `${earlier.name.name}: the ids that you know of statements are the relay’s, not Snowflake’s`,
            'write the earlier statement as a WITH, or keep its rows in a temporary table',
          ];
    }
  }
}

const OF_EARLIER: ReadonlySet<string> = new Set(['RESULT_SCAN', 'LAST_QUERY_ID', 'LAST_TRANSACTION']);

function nested(tree: Tree.Statement): string {
  switch (tree.kind) {
    case 'explain':
      return 'EXPLAIN, which shows what is behind views';
    case 'flow':
      return 'statements that are chained by ->>';
    case 'execute_immediate':
    case 'execute_immediate_from':
      return 'EXECUTE IMMEDIATE';
    default:
      return 'statements with others inside';
  }
}

/** Objects that data is read from and changed in, and those of a session. */
const OBJECTS: ReadonlySet<ObjectType> = new Set<ObjectType>([
  'table',
  'view',
  'function',
  'sequence',
  'file_format',
  'schema',
  'database',
  'warehouse',
  'role',
  'session',
]);

/**
 * A function of Snowflake's own of which the analysis does not know what it does, or knows that it reads, sends or does what is
 * not in the statement; and what Snowflake keeps for itself, such as everybody's statements. Whatever a policy says of it by
 * name for another warehouse: here it is real.
 */
function reachesOutside({ name, builtIn }: FunctionUse): boolean {
  if (!builtIn) return name.schema === 'INFORMATION_SCHEMA' || name.database === 'SNOWFLAKE';
  if (name.name === 'SYSTEM$TYPEOF') return false;
  const known = functionNamed(name.name);
  return known === undefined || known.kind === 'outside';
}

/** What a person should see first; null when nothing is. */
function doubtfulPart(bound: Bound): string | null {
  const { statement, tree, objects, functions } = bound;
  if (OF_FILES.has(tree.kind)) return tree.kind.toUpperCase();
  const reaching = functions.find(reachesOutside);
  if (reaching !== undefined) return `the function ${formatObjectName(reaching.name)}`;
  const other = objects.find(({ type }) => !OBJECTS.has(type));
  if (other !== undefined) return `statements on a ${other.type.replaceAll('_', ' ')}`;
  switch (statement.kind) {
    case 'query':
    case 'insert':
    case 'multi_insert':
    case 'update':
    case 'delete':
    case 'merge':
    case 'truncate':
    case 'set':
      return null;
    case 'unload':
    case 'load':
      return 'COPY INTO';
    case 'files':
      return 'statements on the files of stages';
    case 'create':
    case 'alter':
    case 'other':
      return doubtfulTree(tree);
    case 'inner':
      return nested(tree);
    default:
      return statement satisfies never;
  }
}

/** What they move or take away, nobody can tell from what is known of stages: nothing is. */
const OF_FILES: ReadonlySet<Tree.Statement['kind']> = new Set(['put', 'get', 'list', 'remove']);

function doubtfulTree(tree: Tree.Statement): string | null {
  switch (tree.kind) {
    case 'use':
    case 'unset_variables':
    case 'transaction':
      return null;
    case 'show':
      return LISTED.has(tree.what.text) ? null : `SHOW ${tree.what.text}`;
    case 'describe':
      return tree.objectType === null || DESCRIBED.has(tree.objectType)
        ? null
        : `DESCRIBE ${words(tree.objectType)}`;
    case 'create':
      return isPlainCreate(tree) ? null : `CREATE ${words(tree.objectType)} of this form`;
    case 'alter':
      return isPlainAlter(tree) ? null : `ALTER ${words(tree.objectType)} of this form`;
    case 'drop':
    case 'undrop':
    case 'comment':
      return isPlain(tree.objectType) || (tree.kind === 'comment' && tree.objectType === 'column')
        ? null
        : `${tree.kind.toUpperCase()} ${words(tree.objectType)}`;
    default:
      return `${words(tree.kind)} statements`;
  }
}

function words(name: string): string {
  return name.replaceAll('_', ' ').toUpperCase();
}

const LISTED: ReadonlySet<string> = new Set([
  'COLUMNS',
  'DATABASES',
  'EXPORTED KEYS',
  'IMPORTED KEYS',
  'OBJECTS',
  'PARAMETERS',
  'PRIMARY KEYS',
  'SCHEMAS',
  'TABLES',
  'UNIQUE KEYS',
  'VARIABLES',
  'VIEWS',
  'WAREHOUSES',
]);

const DESCRIBED: ReadonlySet<string> = new Set(['table', 'view', 'schema', 'database']);

function isPlain(objectType: string): boolean {
  return objectType === 'table' || objectType === 'view';
}

/** A table or a view, made of columns, of a query or of another table, and of nothing that protects or shares data. */
function isPlainCreate(tree: Tree.Create): boolean {
  return (
    isPlain(tree.objectType) &&
    tree.or !== 'ALTER' &&
    tree.or !== 'DEFINE' &&
    tree.modifiers.every(({ text }) => MODIFIERS.has(text)) &&
    tree.clone?.how !== 'template' &&
    tree.sources.length === 0 &&
    tree.policies.length === 0 &&
    tree.tags.length === 0 &&
    tree.columns.every(({ policies, tags }) => policies.length === 0 && tags.length === 0)
  );
}

const MODIFIERS: ReadonlySet<string> = new Set([
  'TEMPORARY',
  'TEMP',
  'LOCAL',
  'GLOBAL',
  'LOCAL TEMPORARY',
  'GLOBAL TEMPORARY',
  'LOCAL TEMP',
  'GLOBAL TEMP',
  'VOLATILE',
  'TRANSIENT',
  'SECURE',
]);

/** Columns and names; what attaches or takes off policies and tags, and everything else, is asked about. */
function isPlainAlter({ objectType, actions }: Tree.Alter): boolean {
  if (objectType === 'session') return true;
  return (
    isPlain(objectType) &&
    actions.every((action) => {
      switch (action.kind) {
        case 'rename_to':
        case 'drop_columns':
        case 'rename_column':
        case 'add_constraint':
        case 'cluster_by':
          return true;
        case 'add_columns':
          return action.columns.every(({ policies, tags }) => policies.length === 0 && tags.length === 0);
        case 'alter_column':
          return !PROTECTING.has(action.change.kind);
        default:
          return false;
      }
    })
  );
}

const PROTECTING: ReadonlySet<string> = new Set(['attach_policy', 'detach_policy', 'set_tags', 'unset_tags']);
