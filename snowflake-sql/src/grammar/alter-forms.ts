import type { DdlObjectType } from '../object-types.ts';

/** One piece of the form of an action. */
export type Piece =
  | { readonly kind: 'words'; readonly any: readonly string[] }
  | { readonly kind: 'slot'; readonly slot: Slot }
  | { readonly kind: 'optional'; readonly pieces: readonly Piece[] };

/**
 * What may occur between the keywords of an action: one or several names, a string, comma-separated values or calls, a
 * list in parentheses, options, the properties of a constraint, metric functions with their columns, a condition.
 */
const SLOTS = [
  'name',
  'names',
  'string',
  'values',
  'calls',
  'list',
  'options',
  'flags',
  'metrics',
  'condition',
] as const;

export type Slot = (typeof SLOTS)[number];

/** Every form of the ALTER actions without a node of their own, for a type of object. Null when the type has none. */
export function formsOf(type: DdlObjectType): readonly (readonly Piece[])[] | null {
  return FORMS.get(type) ?? null;
}

/**
 * Whether a type has open actions: its list of actions grows from release to release, or is too large to be worth
 * listing. Any listed verb may then take any values. None of these types holds rows that a masking policy could
 * protect.
 */
export function hasOpenActions(type: DdlObjectType): boolean {
  return OPEN.has(type);
}

const OPEN: ReadonlySet<string> = new Set(
  `agent application application_package cortex_agent dataset dbt_project dcm_project experiment external_agent
  gateway listing mcp_server model model_monitor notebook notebook_project offer online_feature_table
  organization_listing organization_profile pricing_plan provisioned_throughput service streamlit workspace`.split(
    /\s+/,
  ),
);

/** Types, a colon, and a form: literal keywords, alternatives `A|B`, a `<slot>`, and optional parts `[...]`. */
const LINES = `
account: DROP OLD URL
account: DROP OLD ORGANIZATION URL
alert task dynamic_table materialized_view compute_pool: RESUME
alert task dynamic_table materialized_view compute_pool: SUSPEND
backup_set snapshot_set: ADD BACKUP|SNAPSHOT
backup_set snapshot_set: DELETE BACKUP|SNAPSHOT IDENTIFIER <string>
backup_set snapshot_set: SUSPEND|RESUME BACKUP|SNAPSHOT [CREATION|EXPIRATION] POLICY
catalog_integration: REFRESH
compute_pool: STOP ALL
connection database: PRIMARY
connection database: ENABLE|DISABLE REPLICATION TO ACCOUNTS <names> [IGNORE EDITION CHECK]
connection database: DISABLE REPLICATION
connection database: ENABLE FAILOVER TO ACCOUNTS <names> [IGNORE EDITION CHECK]
connection database: DISABLE FAILOVER [TO ACCOUNTS <names>]
cortex_search_service: SUSPEND|RESUME [INDEXING|SERVING]
cortex_search_service: ADD SCORING PROFILE [IF NOT EXISTS] <name> <string>
cortex_search_service: DROP SCORING PROFILE [IF EXISTS] <name>
cortex_search_service: REFRESH
database: REFRESH
dynamic_table: REFRESH [COPY SESSION]
event_table external_table hybrid_table iceberg_table interactive_table table: RECLUSTER [<options>] [WHERE <condition>]
external_table: REFRESH [<string>]
external_table: ADD|REMOVE FILES <list>
external_table: ADD PARTITION <list> LOCATION <string>
external_table: DROP PARTITION LOCATION <string>
external_volume: ADD|UPDATE <options>
external_volume: REMOVE STORAGE_LOCATION <string>
failover_group replication_group: PRIMARY
failover_group replication_group: REFRESH
failover_group replication_group: RESUME
failover_group replication_group: SUSPEND [IMMEDIATE]
failover_group replication_group: ADD <names> TO ALLOWED_DATABASES|ALLOWED_SHARES|ALLOWED_ACCOUNTS [IGNORE EDITION CHECK]
failover_group replication_group: REMOVE <names> FROM ALLOWED_DATABASES|ALLOWED_SHARES|ALLOWED_ACCOUNTS
failover_group replication_group: MOVE DATABASES|SHARES <names> TO FAILOVER|REPLICATION GROUP <name>
git_repository: FETCH
iceberg_table table: REFRESH [<string>]
iceberg_table: CONVERT TO MANAGED [<options>]
interactive_warehouse warehouse: ABORT ALL QUERIES
interactive_warehouse warehouse: ADD|DROP TABLES <list>
interactive_warehouse warehouse: RESUME [IF SUSPENDED]
interactive_warehouse warehouse: SUSPEND
network_policy share: ADD|REMOVE <options>
pipe stage: REFRESH [<options>]
procedure: EXECUTE AS OWNER|CALLER
procedure: EXECUTE AS RESTRICTED CALLER
schema: ENABLE|DISABLE MANAGED ACCESS
security_integration: REFRESH SCIM_SYNC
tag: ADD|DROP ALLOWED_VALUES <values>
task: ADD|REMOVE AFTER <names>
task: REMOVE WHEN
user: ABORT ALL QUERIES
user: RESET PASSWORD
user: ENROLL MFA
user: REMOVE MFA METHOD <name>
user: ADD DELEGATED AUTHORIZATION OF ROLE <name> TO SECURITY INTEGRATION <name>
user: REMOVE DELEGATED AUTHORIZATION OF ROLE <name> FROM SECURITY INTEGRATION <name>
user: REMOVE DELEGATED AUTHORIZATIONS FROM SECURITY INTEGRATION <name>
user: ADD|ROTATE|REMOVE PROGRAMMATIC ACCESS TOKEN <name> [<options>]
user: ADD|ROTATE|REMOVE PAT <name> [<options>]
user: MODIFY PROGRAMMATIC ACCESS TOKEN <name> RENAME TO <name>
user: MODIFY PROGRAMMATIC ACCESS TOKEN <name> SET <options>
ROWS: ADD|DROP DATA METRIC FUNCTION <metrics>
ROWS: MODIFY DATA METRIC FUNCTION <metrics> SUSPEND|RESUME
ROWS: ADD SEARCH OPTIMIZATION [ON <calls>]
ROWS: DROP|SUSPEND|RESUME SEARCH OPTIMIZATION [ON <values>]
ROWS: DROP CLUSTERING KEY
ROWS: SUSPEND|RESUME RECLUSTER
ROWS: RENAME CONSTRAINT <name> TO <name>
ROWS: DROP CONSTRAINT <name> [CASCADE|RESTRICT]
ROWS: DROP PRIMARY KEY [<list>] [CASCADE|RESTRICT]
ROWS: DROP FOREIGN KEY <list> [CASCADE|RESTRICT]
ROWS: DROP UNIQUE <list> [CASCADE|RESTRICT]
ROWS: ALTER|MODIFY CONSTRAINT <name> [<flags>]
ROWS: ALTER|MODIFY PRIMARY|FOREIGN KEY [<list>] [<flags>]
ROWS: ALTER|MODIFY UNIQUE [<list>] [<flags>]
`;

const ROWS = `dynamic_table event_table external_table hybrid_table iceberg_table interactive_table materialized_view
  table view`;

const FORMS = readLines();

function readLines(): ReadonlyMap<string, readonly (readonly Piece[])[]> {
  const forms = new Map<string, (readonly Piece[])[]>();
  for (const line of LINES.trim().split('\n')) {
    const [types, form] = line.split(': ') as [string, string];
    const pieces = readPieces(form.match(/[[\]]|[^\s[\]]+/g)!);
    for (const type of types.replace('ROWS', ROWS).split(/\s+/)) {
      forms.set(type, [...(forms.get(type) ?? []), pieces]);
    }
  }
  return forms;
}

/** Reads pieces up to the end or to a closing bracket. */
function readPieces(marks: string[]): Piece[] {
  const pieces: Piece[] = [];
  for (let mark = marks.shift(); mark !== undefined && mark !== ']'; mark = marks.shift()) {
    const slot = SLOTS.find((each) => mark === `<${each}>`);
    if (mark === '[') pieces.push({ kind: 'optional', pieces: readPieces(marks) });
    else if (slot !== undefined) pieces.push({ kind: 'slot', slot });
    else pieces.push({ kind: 'words', any: mark.split('|') });
  }
  return pieces;
}
