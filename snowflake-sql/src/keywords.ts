/** Every word that the grammar gives a meaning. Any other word is a name, or the name of an option. */
// prettier-ignore
export const KEYWORDS = [
  'ABORT', 'ACCESS', 'ACCOUNT', 'ACCOUNTS', 'ACTION', 'ADD', 'AFTER', 'AGENT', 'AGGREGATE', 'AGGREGATION',
  'ALERT', 'ALL', 'ALLOWED', 'ALLOWED_INTEGRATION_TYPES', 'ALLOWED_VALUES', 'ALTER', 'ALWAYS', 'AND', 'ANY',
  'API', 'APPEND_ONLY', 'APPLICATION', 'ARTIFACT', 'AS', 'ASC', 'ASOF', 'ASYNC', 'AT', 'ATTRIBUTES',
  'AUTHENTICATION', 'AUTOINCREMENT', 'AVAILABLE', 'AWAIT', 'BACKUP', 'BEFORE', 'BEGIN', 'BERNOULLI',
  'BETWEEN', 'BINARY', 'BLOCK', 'BODY', 'BREAK', 'BUILD', 'BY', 'CALL', 'CALLED', 'CALLER', 'CANCEL',
  'CASCADE', 'CASE', 'CAST', 'CATALOG', 'CHANGES', 'CHAR', 'CHARACTER', 'CHECK', 'CLASS', 'CLONE', 'CLOSE',
  'CLUSTER', 'CLUSTERING', 'COLLATE', 'COLUMN', 'COMMENT', 'COMMIT', 'COMPUTE', 'CONDITION', 'CONNECT',
  'CONNECTION', 'CONNECT_BY_ROOT', 'CONSTRAINT', 'CONTACT', 'CONTINUE', 'CONVERT', 'COPY', 'CORTEX',
  'CREATE', 'CROSS', 'CUBE', 'CURRENT', 'CURRENT_DATE', 'CURRENT_TIME', 'CURRENT_TIMESTAMP', 'CURRENT_USER',
  'CURSOR', 'DATA', 'DATABASE', 'DATABASES', 'DATASET', 'DATE', 'DATETIME', 'DAY', 'DAYS', 'DBT', 'DCM',
  'DECLARE', 'DEFAULT', 'DEFERRABLE', 'DEFERRED', 'DEFINE', 'DELEGATE', 'DELETE', 'DEPLOY', 'DEREGISTER',
  'DESC', 'DESCRIBE', 'DIMENSIONS', 'DIRECTED', 'DIRECTIVE', 'DISABLE', 'DISTINCT', 'DO', 'DOUBLE', 'DROP',
  'DYNAMIC', 'ELSE', 'ELSEIF', 'EMPTY', 'ENABLE', 'END', 'ENFORCED', 'ENTITY', 'ESCAPE', 'EVENT', 'EXCEPT',
  'EXCEPTION', 'EXCHANGE', 'EXCLUDE', 'EXECUTE', 'EXISTS', 'EXIT', 'EXPERIMENT', 'EXPLAIN', 'EXTERNAL',
  'EXTRACT', 'FACTS', 'FAILOVER', 'FALSE', 'FEATURE', 'FETCH', 'FIELDS', 'FILE', 'FILES', 'FINAL',
  'FINALIZE', 'FIRST', 'FOLLOWING', 'FOR', 'FORCE', 'FOREIGN', 'FORMAT', 'FROM', 'FROZEN', 'FULL',
  'FUNCTION', 'FUTURE', 'GATEWAY', 'GENERATED', 'GET', 'GIT', 'GLOBAL', 'GRANT', 'GRANTS', 'GRAPH', 'GROUP',
  'GROUPING', 'GROUPS', 'HAVING', 'HISTORY', 'HOUR', 'HOURS', 'HYBRID', 'ICEBERG', 'IDENTIFIER', 'IDENTITY',
  'IF', 'IGNORE', 'ILIKE', 'IMAGE', 'IMMEDIATE', 'IMMUTABLE', 'IN', 'INCLUDE', 'INCREMENT', 'INDEX',
  'INFORMATION', 'INHERITED', 'INITIALLY', 'INNER', 'INOUT', 'INPUT', 'INSERT', 'INSTALL', 'INSTANCE',
  'INSUFFICIENT', 'INTEGRATION', 'INTEGRATIONS', 'INTERACTIVE', 'INTERNAL', 'INTERSECT', 'INTERVAL', 'INTO',
  'INVOKE', 'IS', 'ITERATE', 'JOB', 'JOIN', 'JSON', 'KEY', 'KEYS', 'LANGUAGE', 'LAST', 'LATERAL', 'LEFT',
  'LET', 'LIFECYCLE', 'LIKE', 'LIMIT', 'LINEAR', 'LIST', 'LISTING', 'LIVE', 'LOCAL', 'LOCALTIME',
  'LOCALTIMESTAMP', 'LOOP', 'LS', 'MANAGED', 'MASKING', 'MATCH', 'MATCHED', 'MATCHES', 'MATCH_CONDITION',
  'MATCH_RECOGNIZE', 'MATERIALIZED', 'MCP', 'MEASURES', 'MEMOIZABLE', 'MERGE', 'METADATA_COLUMNS', 'METRIC',
  'METRICS', 'MINUS', 'MINUTE', 'MINUTES', 'MODEL', 'MODIFY', 'MONITOR', 'MONITORS', 'MONTH', 'MONTHS',
  'MOVE', 'NAME', 'NATURAL', 'NCHAR', 'NETWORK', 'NEXT', 'NO', 'NONE', 'NOORDER', 'NORELY', 'NOT',
  'NOTEBOOK', 'NOTIFICATION', 'NOTIFY', 'NOVALIDATE', 'NOWAIT', 'NULL', 'NULLS', 'OBJECT', 'OBJECT_TYPES',
  'OF', 'OFFER', 'OFFSET', 'OMIT', 'ON', 'ONE', 'ONLINE', 'ONLY', 'OPEN', 'OPTIMIZATION', 'OPTION', 'OR',
  'ORDER', 'ORGANIZATION', 'OUT', 'OUTER', 'OUTPUT', 'OVER', 'OVERWRITE', 'OWNER', 'PACKAGE', 'PACKAGES',
  'PARAMETERS', 'PARTIAL', 'PARTITION', 'PASSWORD', 'PAST', 'PATCH', 'PATTERN', 'PAUSE', 'PER', 'PERCENT',
  'PERMUTE', 'PIPE', 'PIVOT', 'PLAN', 'POLICIES', 'POLICY', 'POOL', 'POSITION', 'PRECEDING', 'PRECISION',
  'PRICING', 'PRIMARY', 'PRIOR', 'PRIVACY', 'PRIVILEGES', 'PROCEDURE', 'PROFILE', 'PROJECT', 'PROJECTION',
  'PROVISIONED', 'PUBLISH', 'PULL', 'PURGE', 'PUSH', 'PUT', 'QUALIFY', 'QUARTER', 'QUARTERS', 'RAISE',
  'RANGE', 'READ', 'RECLUSTER', 'RECURSIVE', 'REFERENCES', 'REFRESH', 'REGEXP', 'REGISTER', 'RELATIONSHIPS',
  'RELEASE', 'RELY', 'REMOVE', 'RENAME', 'REPEAT', 'REPEATABLE', 'REPLACE', 'REPLICA', 'REPLICATION',
  'REPOSITORY', 'REQUIRE', 'RESAMPLE', 'RESET', 'RESOURCE', 'RESPECT', 'RESTORE', 'RESTRICT', 'RESTRICTED',
  'RESULT', 'RESULTSET', 'RESUME', 'RESUME_IF_SUSPENDED', 'RETENTION', 'RETRY', 'RETURN', 'RETURNS',
  'REVERSE', 'REVOKE', 'RIGHT', 'RLIKE', 'RM', 'ROLE', 'ROLES', 'ROLLBACK', 'ROLLUP', 'ROOT', 'ROTATE',
  'ROW', 'ROWS', 'RULE', 'RUN', 'RUNNING', 'SAMPLE', 'SCHEMA', 'SCOPED', 'SEARCH', 'SECOND', 'SECONDARY', 'SECONDS',
  'SECRET', 'SECURE', 'SECURITY', 'SEED', 'SELECT', 'SEMANTIC', 'SEMANTIC_VIEW', 'SEQUENCE', 'SERVER',
  'SERVICE', 'SESSION', 'SET', 'SETS', 'SHARE', 'SHARES', 'SHOW', 'SIMPLE', 'SKIP', 'SNAPSHOT', 'SOME',
  'SPECIFICATION', 'SPECIFICATION_TEMPLATE', 'SQL', 'STAGE', 'STAGES', 'START', 'STARTS', 'STOP', 'STORAGE',
  'STORAGE_LOCATION', 'STREAM', 'STREAMLIT', 'STRICT', 'SUBSET', 'SUSPEND', 'SUSPEND_IMMEDIATE', 'SWAP',
  'SYNONYMS', 'SYSTEM', 'TABLE', 'TABLES', 'TABLESAMPLE', 'TABULAR', 'TAG', 'TAGS', 'TASK', 'TEMP',
  'TEMPLATE', 'TEMPORARY', 'TERSE', 'TEXT', 'THEN', 'THROUGHPUT', 'TIME', 'TIMESTAMP', 'TIMESTAMP_LTZ',
  'TIMESTAMP_NTZ', 'TIMESTAMP_TZ', 'TO', 'TOP', 'TRANSACTION', 'TRANSIENT', 'TRIGGER', 'TRIGGERS', 'TRUE',
  'TRUNCATE', 'TRY_CAST', 'TYPE', 'UNBOUNDED', 'UNDROP', 'UNION', 'UNIQUE', 'UNKNOWN', 'UNMATCHED',
  'UNPIVOT', 'UNPUBLISH', 'UNSET', 'UNTIL', 'UPDATE', 'UPGRADE', 'UPLOAD', 'USE', 'USER', 'USERS', 'USING',
  'VALIDATE', 'VALUE', 'VALUES', 'VARYING', 'VERSION', 'VERSIONED', 'VERSIONS', 'VIEW', 'VIRTUAL',
  'VOLATILE', 'VOLUME', 'WAIT', 'WAREHOUSE', 'WAREHOUSES', 'WEEK', 'WEEKS', 'WHEN', 'WHENEVER', 'WHERE',
  'WHILE', 'WINDOW', 'WITH', 'WITHIN', 'WITHOUT', 'WORK', 'WORKSPACE', 'X', 'YEAR', 'YEARS', 'ZONE',
] as const;

export type Keyword = (typeof KEYWORDS)[number];

/**
 * Whether Snowflake reserves the word everywhere, so that it can be a name only if it is quoted. From Snowflake's list
 * of reserved keywords, without those that are reserved only in some places.
 */
export function isReserved(keyword: string): boolean {
  return RESERVED.has(keyword);
}

// prettier-ignore
const RESERVED: ReadonlySet<string> = new Set([
  'ALL', 'ALTER', 'AND', 'ANY', 'AS', 'BETWEEN', 'BY', 'CHECK', 'COLUMN', 'CONNECT', 'CREATE', 'CURRENT',
  'DELETE', 'DISTINCT', 'DROP', 'ELSE', 'EXISTS', 'FOLLOWING', 'FOR', 'FROM', 'GRANT', 'GROUP', 'HAVING',
  'ILIKE', 'IN', 'INCREMENT', 'INSERT', 'INTERSECT', 'INTO', 'IS', 'LIKE', 'MINUS', 'NOT', 'NULL', 'OF', 'ON',
  'OR', 'ORDER', 'QUALIFY', 'REGEXP', 'REVOKE', 'RLIKE', 'ROW', 'ROWS', 'SAMPLE', 'SELECT', 'SET', 'SOME',
  'START', 'TABLE', 'TABLESAMPLE', 'THEN', 'TO', 'TRIGGER', 'UNION', 'UNIQUE', 'UPDATE', 'VALUES', 'WHENEVER',
  'WHERE', 'WINDOW', 'WITH',
]);

/** Whether the word cannot name a relation or its alias: the words of joins in that list. */
export function isReservedInFrom(keyword: string): boolean {
  return RESERVED.has(keyword) || RESERVED_IN_FROM.has(keyword);
}

// prettier-ignore
const RESERVED_IN_FROM: ReadonlySet<string> = new Set([
  'CROSS', 'FULL', 'INNER', 'JOIN', 'LATERAL', 'LEFT', 'NATURAL', 'RIGHT', 'USING',
]);

/** Whether the word cannot be a column in an expression. */
export function isReservedInExpression(keyword: string): boolean {
  return RESERVED.has(keyword) || RESERVED_IN_EXPRESSION.has(keyword);
}

const RESERVED_IN_EXPRESSION: ReadonlySet<string> = new Set([
  'CASE',
  'CAST',
  'FALSE',
  'TRUE',
  'TRY_CAST',
  'WHEN',
]);

/** Whether a reserved word is the name of a function if a parenthesis follows. */
export function isFunctionThoughReserved(keyword: string): boolean {
  return FUNCTIONS_THOUGH_RESERVED.has(keyword);
}

// prettier-ignore
const FUNCTIONS_THOUGH_RESERVED: ReadonlySet<string> = new Set([
  'ILIKE', 'INSERT', 'LIKE', 'REGEXP', 'RLIKE',
]);

/**
 * Whether the word can be an alias of a column or table without AS: it is not reserved, and does not begin a clause.
 */
export function mayBeImplicitAlias(keyword: string): boolean {
  return !NEVER_IMPLICIT_ALIAS.has(keyword);
}

const NEVER_IMPLICIT_ALIAS: ReadonlySet<string> = new Set([
  ...RESERVED,
  ...RESERVED_IN_FROM,
  ...RESERVED_IN_EXPRESSION,
  'ASC',
  'COLLATE',
  'DESC',
  'END',
  'EXCEPT',
  'FETCH',
  'LIMIT',
  'MATCH_CONDITION',
  'OFFSET',
  'OVER',
  'WITHIN',
]);

/** Finds keywords without slicing the text: an open-addressing hash table with linear probing. */
export interface KeywordTable {
  readonly slots: readonly (Keyword | '')[];
  readonly mask: number;
}

/** The table for the hash that `hashKeyword` defines. */
export function keywordTable(): KeywordTable {
  const mask = 4095;
  const slots: (Keyword | '')[] = Array.from({ length: mask + 1 }, () => '');
  for (const keyword of KEYWORDS) {
    let slot = slotOf(hashKeyword(keyword), mask);
    while (slots[slot] !== '') slot = (slot + 1) & mask;
    slots[slot] = keyword;
  }
  return { slots, mask };
}

/** Case-insensitive; the tokenizer computes the same hash, character by character, as it reads a word. */
function hashKeyword(keyword: string): number {
  let hash = 0;
  for (let i = 0; i < keyword.length; i++) hash = mixHash(hash, keyword.charCodeAt(i));
  return hash;
}

/** Adds one character of a word to its hash. */
export function mixHash(hash: number, code: number): number {
  return (Math.imul(hash, 31) + (code & 0xdf)) | 0;
}

/** The first slot to probe for a hash. */
export function slotOf(hash: number, mask: number): number {
  return (hash ^ (hash >>> 15)) & mask;
}
