/** Every word that the grammar gives a meaning. Any other word is a name, or the name of an option. */
// prettier-ignore
export const KEYWORDS = [
  'ACCESS', 'ACCOUNT', 'ADD', 'AFTER', 'AGENT', 'AGGREGATION', 'ALERT', 'ALL', 'ALTER', 'AND', 'ANY', 'API',
  'APPEND_ONLY', 'APPLICATION', 'ARTIFACT', 'AS', 'ASC', 'ASOF', 'AT', 'AUTHENTICATION', 'AVAILABLE',
  'BACKUP', 'BEFORE', 'BERNOULLI', 'BETWEEN', 'BINARY', 'BLOCK', 'BY', 'CASE', 'CAST', 'CATALOG', 'CHANGES',
  'CHAR', 'CHARACTER', 'CHECK', 'COLLATE', 'COLUMN', 'COMPUTE', 'CONNECT', 'CONNECTION', 'CONNECT_BY_ROOT',
  'CONTACT', 'CORTEX', 'CREATE', 'CROSS', 'CUBE', 'CURRENT', 'CURRENT_DATE', 'CURRENT_TIME',
  'CURRENT_TIMESTAMP', 'CURRENT_USER', 'DATA', 'DATABASE', 'DATASET', 'DATE', 'DATETIME', 'DAY', 'DAYS',
  'DBT', 'DCM', 'DEFAULT', 'DEFINE', 'DELETE', 'DESC', 'DIMENSIONS', 'DIRECTED', 'DISTINCT', 'DOUBLE',
  'DROP', 'DYNAMIC', 'ELSE', 'EMPTY', 'END', 'ESCAPE', 'EVENT', 'EXCEPT', 'EXCLUDE', 'EXISTS', 'EXPERIMENT',
  'EXTERNAL', 'EXTRACT', 'FACTS', 'FAILOVER', 'FALSE', 'FEATURE', 'FETCH', 'FIELDS', 'FILE', 'FINAL',
  'FIRST', 'FOLLOWING', 'FOR', 'FORMAT', 'FROM', 'FULL', 'FUNCTION', 'GATEWAY', 'GIT', 'GRANT', 'GROUP',
  'GROUPING', 'GROUPS', 'HAVING', 'HOUR', 'HOURS', 'HYBRID', 'ICEBERG', 'IDENTIFIER', 'IF', 'IGNORE',
  'ILIKE', 'IMAGE', 'IN', 'INCLUDE', 'INDEX', 'INFORMATION', 'INNER', 'INSERT', 'INSTANCE', 'INTEGRATION',
  'INTERACTIVE', 'INTERSECT', 'INTERVAL', 'INTO', 'IS', 'JOIN', 'LAST', 'LATERAL', 'LEFT', 'LIFECYCLE',
  'LIKE', 'LIMIT', 'LISTING', 'LOCAL', 'LOCALTIME', 'LOCALTIMESTAMP', 'MANAGED', 'MASKING', 'MATCH',
  'MATCHED', 'MATCHES', 'MATCH_CONDITION', 'MATCH_RECOGNIZE', 'MATERIALIZED', 'MCP', 'MEASURES', 'MERGE',
  'METRIC', 'METRICS', 'MINUS', 'MINUTE', 'MINUTES', 'MODEL', 'MONITOR', 'MONTH', 'MONTHS', 'NAME',
  'NATURAL', 'NCHAR', 'NETWORK', 'NEXT', 'NOT', 'NOTEBOOK', 'NOTIFICATION', 'NOWAIT', 'NULL', 'NULLS',
  'OBJECT', 'OF', 'OFFER', 'OFFSET', 'OMIT', 'ON', 'ONE', 'ONLINE', 'ONLY', 'OPTIMIZATION', 'OR', 'ORDER',
  'ORGANIZATION', 'OUTER', 'OVER', 'OVERWRITE', 'PACKAGE', 'PACKAGES', 'PARTITION', 'PASSWORD', 'PAST',
  'PATTERN', 'PER', 'PERMUTE', 'PIPE', 'PIVOT', 'PLAN', 'POLICY', 'POOL', 'POSITION', 'PRECEDING',
  'PRECISION', 'PRICING', 'PRIOR', 'PRIVACY', 'PROCEDURE', 'PROFILE', 'PROJECT', 'PROJECTION', 'PROVISIONED',
  'QUALIFY', 'QUARTER', 'QUARTERS', 'RANGE', 'RECURSIVE', 'REGEXP', 'RENAME', 'REPEATABLE', 'REPLACE',
  'REPLICATION', 'REPOSITORY', 'RESOURCE', 'RESPECT', 'RESULT', 'REVOKE', 'RIGHT', 'RLIKE', 'ROLE', 'ROLLUP',
  'ROW', 'ROWS', 'RULE', 'RUNNING', 'SAMPLE', 'SCHEMA', 'SEARCH', 'SECOND', 'SECONDS', 'SECRET', 'SECURITY',
  'SEED', 'SELECT', 'SEMANTIC', 'SEMANTIC_VIEW', 'SEQUENCE', 'SERVER', 'SERVICE', 'SESSION', 'SET', 'SETS',
  'SHARE', 'SHOW', 'SKIP', 'SNAPSHOT', 'SOME', 'STAGE', 'START', 'STORAGE', 'STREAM', 'STREAMLIT', 'SUBSET',
  'SYSTEM', 'TABLE', 'TABLESAMPLE', 'TAG', 'TASK', 'THEN', 'THROUGHPUT', 'TIME', 'TIMESTAMP',
  'TIMESTAMP_LTZ', 'TIMESTAMP_NTZ', 'TIMESTAMP_TZ', 'TO', 'TOP', 'TRANSACTION', 'TRIGGER', 'TRUE',
  'TRUNCATE', 'TRY_CAST', 'TYPE', 'UNBOUNDED', 'UNION', 'UNIQUE', 'UNKNOWN', 'UNMATCHED', 'UNPIVOT',
  'UPDATE', 'USER', 'USING', 'VALUES', 'VARYING', 'VIEW', 'VOLUME', 'WAIT', 'WAREHOUSE', 'WEEK', 'WEEKS',
  'WHEN', 'WHENEVER', 'WHERE', 'WITH', 'WITHIN', 'WITHOUT', 'WORKSPACE', 'X', 'YEAR', 'YEARS', 'ZONE',
] as const;

export type Keyword = (typeof KEYWORDS)[number];

/**
 * Whether Snowflake keeps the word for itself, so that it names nothing, anywhere, unless quoted. From its list
 * of reserved keywords, without those it reserves only in some places.
 */
export function isReserved(keyword: Keyword): boolean {
  return RESERVED.has(keyword);
}

// prettier-ignore
const RESERVED: ReadonlySet<Keyword> = new Set([
  'ALL', 'ALTER', 'AND', 'ANY', 'AS', 'BETWEEN', 'BY', 'CHECK', 'CONNECT', 'CREATE', 'CURRENT', 'DELETE',
  'DISTINCT', 'DROP', 'ELSE', 'EXISTS', 'FOLLOWING', 'FOR', 'FROM', 'GRANT', 'GROUP', 'HAVING', 'ILIKE', 'IN',
  'INSERT', 'INTERSECT', 'INTO', 'IS', 'LIKE', 'MINUS', 'NOT', 'NULL', 'OF', 'ON', 'OR', 'ORDER', 'QUALIFY',
  'REGEXP', 'REVOKE', 'RLIKE', 'ROWS', 'SAMPLE', 'SELECT', 'SET', 'SOME', 'START', 'TABLE', 'TABLESAMPLE',
  'THEN', 'TO', 'TRIGGER', 'UNION', 'UNIQUE', 'UPDATE', 'VALUES', 'WHENEVER', 'WHERE', 'WITH',
]);

/** Whether the word may not name a relation or its alias: the list's words of joins. */
export function isReservedInFrom(keyword: Keyword): boolean {
  return RESERVED.has(keyword) || RESERVED_IN_FROM.has(keyword);
}

// prettier-ignore
const RESERVED_IN_FROM: ReadonlySet<Keyword> = new Set([
  'CROSS', 'FULL', 'INNER', 'JOIN', 'LATERAL', 'LEFT', 'NATURAL', 'RIGHT', 'USING',
]);

/** Whether the word may not be a column in an expression. */
export function isReservedInExpression(keyword: Keyword): boolean {
  return RESERVED.has(keyword) || RESERVED_IN_EXPRESSION.has(keyword);
}

const RESERVED_IN_EXPRESSION: ReadonlySet<Keyword> = new Set(['CASE', 'CAST', 'FALSE', 'TRUE', 'TRY_CAST', 'WHEN']);

/** Whether a reserved word is a function's name when a parenthesis follows. */
export function isFunctionThoughReserved(keyword: Keyword): boolean {
  return FUNCTIONS_THOUGH_RESERVED.has(keyword);
}

// prettier-ignore
const FUNCTIONS_THOUGH_RESERVED: ReadonlySet<Keyword> = new Set([
  'ILIKE', 'INSERT', 'LIKE', 'REGEXP', 'RLIKE',
]);

/** Whether the word may name a column or table without AS before it: reserved nowhere, and opening no clause. */
export function mayBeImplicitAlias(keyword: Keyword): boolean {
  return !NEVER_IMPLICIT_ALIAS.has(keyword);
}

const NEVER_IMPLICIT_ALIAS: ReadonlySet<Keyword> = new Set([
  ...RESERVED,
  ...RESERVED_IN_FROM,
  ...RESERVED_IN_EXPRESSION,
  ...([
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
  ] satisfies Keyword[]),
]);

/** Finds keywords without cutting the text: slots by hash, probed one after the other. */
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

/** Case-blind: the tokenizer computes the same, character by character, as it reads a word. */
function hashKeyword(keyword: string): number {
  let hash = 0;
  for (let i = 0; i < keyword.length; i++) hash = mixHash(hash, keyword.charCodeAt(i));
  return hash;
}

/** One more character of a word into its hash. */
export function mixHash(hash: number, code: number): number {
  return (Math.imul(hash, 31) + (code & 0xdf)) | 0;
}

/** Where to look first for a hash. */
export function slotOf(hash: number, mask: number): number {
  return (hash ^ (hash >>> 15)) & mask;
}
