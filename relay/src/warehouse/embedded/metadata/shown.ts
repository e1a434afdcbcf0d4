import { quoteString } from '../render/quote.ts';
import { OWNER } from './objects.ts';

const OWNED = quoteString(OWNER);
const MADE = 'coalesce(made, now())';
const FIRST = 'now()';

/** A column's type as SHOW COLUMNS has it: JSON, in Snowflake's words for its logical types. */
const DATA_TYPE = `CAST(CASE
  WHEN type_name = 'NUMBER' THEN json_object('type', 'FIXED', 'precision', first_number, 'scale', second_number, 'nullable', nullable)
  WHEN type_name = 'VARCHAR' THEN json_object('type', 'TEXT', 'length', first_number, 'byteLength', least(first_number * 4, 16777216), 'nullable', nullable, 'fixed', FALSE)
  WHEN type_name = 'BINARY' THEN json_object('type', 'BINARY', 'length', first_number, 'byteLength', first_number, 'nullable', nullable, 'fixed', TRUE)
  WHEN type_name = 'FLOAT' THEN json_object('type', 'REAL', 'nullable', nullable)
  WHEN first_number IS NOT NULL THEN json_object('type', type_name, 'precision', 0, 'scale', first_number, 'nullable', nullable)
  ELSE json_object('type', type_name, 'nullable', nullable) END AS VARCHAR)`;

const KEY = `
    created_on = ${MADE}
    database_name = database_name
    schema_name = schema_name
    table_name = table_name
    column_name = column_name
    key_sequence = key_sequence
    constraint_name = key_name
    rely = 'false'
    comment`;

const FOREIGN_KEY = `
    created_on = ${MADE}
    pk_database_name = to_database
    pk_schema_name = to_schema
    pk_table_name = to_table
    pk_column_name = to_column
    fk_database_name = database_name
    fk_schema_name = schema_name
    fk_table_name = table_name
    fk_column_name = column_name
    key_sequence = key_sequence
    update_rule = 'NO ACTION'
    delete_rule = 'NO ACTION'
    fk_name = key_name
    pk_name
    deferrability = 'NOT DEFERRABLE'
    rely = 'false'
    comment`;

const ROUTINE = `
    created_on = ${FIRST}
    name = name
    schema_name = schema_name
    is_builtin = 'N'
    is_aggregate = 'N'
    is_ansi = 'N'
    min_num_arguments = CAST(0 AS DECIMAL(9, 0))
    max_num_arguments = CAST(0 AS DECIMAL(9, 0))
    arguments
    description
    catalog_name = database_name
    is_table_function = 'N'
    valid_for_clustering = 'N'
    is_secure = 'N'`;

/** Each listing's columns in Snowflake's order: `name = expression`, one a line; without an expression it is NULL. */
export const SHOWN: Readonly<Record<string, string>> = {
  TABLES: `
    created_on = ${MADE}
    name = name
    database_name = database_name
    schema_name = schema_name
    kind = kind
    comment = coalesce(comment, '')
    cluster_by = ''
    rows = row_count
    bytes = CAST(0 AS DECIMAL(38, 0))
    owner = ${OWNED}
    retention_time = '0'
    automatic_clustering = 'OFF'
    change_tracking = 'OFF'
    search_optimization = 'OFF'
    search_optimization_progress
    search_optimization_bytes
    is_external = 'N'
    enable_schema_evolution = 'N'
    owner_role_type = 'ROLE'
    is_event = 'N'
    budget
    is_hybrid = 'N'
    is_iceberg = 'N'
    is_dynamic = 'N'
    is_immutable = 'N'`,
  VIEWS: `
    created_on = ${MADE}
    name = name
    reserved = ''
    database_name = database_name
    schema_name = schema_name
    owner = ${OWNED}
    comment = coalesce(comment, '')
    text = definition
    is_secure = 'false'
    is_materialized = 'false'
    owner_role_type = 'ROLE'
    change_tracking = 'OFF'`,
  OBJECTS: `
    created_on = ${MADE}
    name = name
    database_name = database_name
    schema_name = schema_name
    kind = kind
    comment = coalesce(comment, '')
    cluster_by = ''
    rows = row_count
    bytes = CAST(0 AS DECIMAL(38, 0))
    owner = ${OWNED}
    retention_time = '0'
    owner_role_type = 'ROLE'
    budget
    is_hybrid = 'N'
    is_iceberg = 'N'
    is_dynamic = 'N'`,
  STAGES: `
    created_on = ${FIRST}
    name = name
    database_name = database_name
    schema_name = schema_name
    url = ''
    has_credentials = 'N'
    has_encryption_key = 'N'
    owner = ${OWNED}
    comment = coalesce(comment, '')
    region
    type = CASE WHEN temporary THEN 'INTERNAL TEMPORARY' ELSE 'INTERNAL' END
    cloud
    notification_channel
    storage_integration
    endpoint
    owner_role_type = 'ROLE'
    directory_enabled = 'N'`,
  'FILE FORMATS': `
    created_on = ${FIRST}
    name = name
    database_name = database_name
    schema_name = schema_name
    type = coalesce(upper(json_extract_string(format, '$.TYPE')), 'CSV')
    owner = ${OWNED}
    comment = coalesce(comment, '')
    format_options = format
    owner_role_type = 'ROLE'`,
  SCHEMAS: `
    created_on = ${FIRST}
    name = name
    is_default = 'N'
    is_current = CASE WHEN is_current THEN 'Y' ELSE 'N' END
    database_name = database_name
    owner = ${OWNED}
    comment = coalesce(comment, '')
    options = ''
    retention_time = '0'
    owner_role_type = 'ROLE'
    budget`,
  DATABASES: `
    created_on = ${FIRST}
    name = name
    is_default = 'N'
    is_current = CASE WHEN is_current THEN 'Y' ELSE 'N' END
    origin = ''
    owner = ${OWNED}
    comment = ''
    options = ''
    retention_time = '0'
    kind = 'STANDARD'
    budget
    owner_role_type = 'ROLE'`,
  COLUMNS: `
    table_name = table_name
    schema_name = schema_name
    column_name = column_name
    data_type = ${DATA_TYPE.replaceAll(/\s+/g, ' ')}
    null? = CASE WHEN nullable THEN 'true' ELSE 'NOT_NULL' END
    default = coalesce(by_default, '')
    kind = 'COLUMN'
    expression = ''
    comment = coalesce(comment, '')
    database_name = database_name
    autoincrement = ''
    schema_evolution_record`,
  'PRIMARY KEYS': KEY,
  'UNIQUE KEYS': KEY,
  'IMPORTED KEYS': FOREIGN_KEY,
  'EXPORTED KEYS': FOREIGN_KEY,
  WAREHOUSES: `
    name = name
    state = 'STARTED'
    type = 'STANDARD'
    size = 'X-Small'
    min_cluster_count = CAST(1 AS DECIMAL(9, 0))
    max_cluster_count = CAST(1 AS DECIMAL(9, 0))
    started_clusters = CAST(1 AS DECIMAL(9, 0))
    running = CAST(0 AS DECIMAL(9, 0))
    queued = CAST(0 AS DECIMAL(9, 0))
    is_default = 'Y'
    is_current = CASE WHEN is_current THEN 'Y' ELSE 'N' END
    auto_suspend = CAST(0 AS DECIMAL(9, 0))
    auto_resume = 'true'
    available = '100'
    provisioning = '0'
    quiescing = '0'
    other = '0'
    created_on = ${FIRST}
    resumed_on = ${FIRST}
    updated_on = ${FIRST}
    owner = ${OWNED}
    comment = ''
    enable_query_acceleration = 'false'
    query_acceleration_max_scale_factor = CAST(8 AS DECIMAL(9, 0))
    resource_monitor = 'null'
    actives = CAST(0 AS DECIMAL(9, 0))
    pendings = CAST(0 AS DECIMAL(9, 0))
    failed = CAST(0 AS DECIMAL(9, 0))
    suspended = CAST(0 AS DECIMAL(9, 0))
    uuid = '0'
    scaling_policy = 'STANDARD'
    budget
    owner_role_type = 'ROLE'`,
  ROLES: `
    created_on = ${FIRST}
    name = name
    is_default = 'Y'
    is_current = CASE WHEN is_current THEN 'Y' ELSE 'N' END
    is_inherited = 'N'
    assigned_to_users = CAST(0 AS DECIMAL(9, 0))
    granted_to_roles = CAST(0 AS DECIMAL(9, 0))
    granted_roles = CAST(0 AS DECIMAL(9, 0))
    owner = ''
    comment = ''`,
  FUNCTIONS: `
    created_on = ${FIRST}
    name = name
    schema_name = ''
    is_builtin = 'Y'
    is_aggregate = CASE WHEN kind = 'aggregate' THEN 'Y' ELSE 'N' END
    is_ansi = 'N'
    min_num_arguments = CAST(fewest AS DECIMAL(9, 0))
    max_num_arguments = CAST(most AS DECIMAL(9, 0))
    arguments
    description
    catalog_name = ''
    is_table_function = CASE WHEN kind = 'table' THEN 'Y' ELSE 'N' END
    valid_for_clustering = 'N'
    is_secure`,
  // What a variable holds is asked for with SELECT, where its sources are masked.
  VARIABLES: `
    session_id = session_id
    created_on = ${FIRST}
    updated_on = ${FIRST}
    name = name
    value
    type
    comment`,
  SEQUENCES: `
    name = name
    database_name = database_name
    schema_name = schema_name
    next_value = next_value
    interval = step
    created_on = ${FIRST}
    owner = ${OWNED}
    comment = ''
    owner_role_type = 'ROLE'
    ordered = 'Y'`,
  'USER FUNCTIONS': ROUTINE,
  'USER PROCEDURES': ROUTINE,
  PROCEDURES: ROUTINE,
  'MATERIALIZED VIEWS': `
    created_on = ${FIRST}
    name = name
    reserved
    database_name = database_name
    schema_name = schema_name
    cluster_by
    rows
    bytes
    source_database_name
    source_schema_name
    source_table_name
    refreshed_on
    compacted_on
    owner
    invalid
    invalid_reason
    behind_by
    comment
    text
    is_secure
    automatic_clustering
    owner_role_type`,
  'DYNAMIC TABLES': `
    created_on = ${FIRST}
    name = name
    database_name = database_name
    schema_name = schema_name
    cluster_by
    rows
    bytes
    owner
    target_lag
    refresh_mode
    refresh_mode_reason
    warehouse
    comment
    text
    automatic_clustering
    scheduling_state
    last_suspended_on
    is_clone
    is_replica
    data_timestamp
    owner_role_type`,
};

const TERSE_OBJECT = `
    created_on = ${MADE}
    name = name
    kind = kind
    database_name = database_name
    schema_name = schema_name`;

/** The same with TERSE. */
export const TERSE: Readonly<Record<string, string>> = {
  TABLES: TERSE_OBJECT,
  VIEWS: TERSE_OBJECT,
  OBJECTS: TERSE_OBJECT,
  SCHEMAS: `
    created_on = ${FIRST}
    name = name
    kind
    database_name = database_name
    schema_name`,
  DATABASES: `
    created_on = ${FIRST}
    name = name
    kind = 'STANDARD'
    database_name
    schema_name`,
};
