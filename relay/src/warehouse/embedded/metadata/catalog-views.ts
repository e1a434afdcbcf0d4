import { INFORMATION_SCHEMA } from '../render/names.ts';
import { decodeNameSql, quoteName, quoteString } from '../render/quote.ts';
import { schemaComments } from '../schema-comments.ts';
import { columnsSql, keysSql, objectsSql, OWNER } from './objects.ts';

/** The views that answer for a database's INFORMATION_SCHEMA, with Snowflake's columns (SQL reference, "Information Schema"). */
export function informationSchema(database: string): readonly string[] {
  const objects = objectsSql(database, false);
  const sources: Readonly<Record<string, string>> = {
    DATABASES: `SELECT ${quoteString(database)} AS database_name, now() AS made`,
    SCHEMATA: `SELECT ${quoteString(database)} AS database_name, s.name AS schema_name, now() AS made, comment FROM (
      SELECT ${decodeNameSql('schema_name')} AS name
      FROM duckdb_schemas() WHERE database_name = ${quoteString(database)} AND schema_name NOT IN ('main', '${INFORMATION_SCHEMA}') AND NOT internal
      UNION ALL SELECT 'INFORMATION_SCHEMA') AS s LEFT JOIN ${schemaComments(database)} AS c ON c.name = s.name`,
    TABLES: objects,
    VIEWS: `SELECT * FROM (${objects}) WHERE kind = 'VIEW'`,
    COLUMNS: columnsSql(objects),
    TABLE_CONSTRAINTS: `SELECT * FROM (${keysSql(objects)}) WHERE key_sequence = 1`,
    REFERENTIAL_CONSTRAINTS: `SELECT k.*, u.key_name AS to_key FROM (${keysSql(objects)}) AS k
      LEFT JOIN (${keysSql(objects)}) AS u ON u.schema_name = k.to_schema AND u.table_name = k.to_table AND u.key_sequence = 1 AND u.type = 'PRIMARY KEY'
      WHERE k.type = 'FOREIGN KEY' AND k.key_sequence = 1`,
    INFORMATION_SCHEMA_CATALOG_NAME: `SELECT ${quoteString(database)} AS database_name`,
  };
  return [
    `CREATE SCHEMA ${quoteName(database)}.${INFORMATION_SCHEMA}`,
    ...Object.entries(sources).map(([name, source]) => {
      const columns = fields(VIEWS[name]!).map(([column, value]) => `${value} AS "${column}"`);
      return `CREATE VIEW ${quoteName(database)}.${INFORMATION_SCHEMA}.${name} AS SELECT ${columns.join(', ')} FROM (${source})`;
    }),
  ];
}

const NONE = 'CAST(NULL AS VARCHAR)';
const NO_NUMBER = 'CAST(NULL AS DECIMAL(9, 0))';
const OWNED = quoteString(OWNER);
const IS_TEXT = "type_name = 'VARCHAR'";
const IS_NUMBER = "type_name = 'NUMBER'";
const IS_TIME = "type_name IN ('TIME', 'TIMESTAMP_NTZ', 'TIMESTAMP_LTZ', 'TIMESTAMP_TZ')";

/** Each view's columns in Snowflake's order: `NAME = expression`, one a line; without an expression it is NULL. */
const VIEWS: Readonly<Record<string, string>> = {
  DATABASES: `
    DATABASE_NAME = database_name
    DATABASE_OWNER = ${OWNED}
    IS_TRANSIENT = 'NO'
    COMMENT
    CREATED = made
    LAST_ALTERED = made
    RETENTION_TIME = CAST(0 AS DECIMAL(9, 0))
    TYPE = 'STANDARD'`,
  SCHEMATA: `
    CATALOG_NAME = database_name
    SCHEMA_NAME = schema_name
    SCHEMA_OWNER = ${OWNED}
    IS_TRANSIENT = 'NO'
    IS_MANAGED_ACCESS = 'NO'
    RETENTION_TIME = CAST(0 AS DECIMAL(9, 0))
    DEFAULT_CHARACTER_SET_CATALOG
    DEFAULT_CHARACTER_SET_SCHEMA
    DEFAULT_CHARACTER_SET_NAME
    SQL_PATH
    CREATED = made
    LAST_ALTERED = made
    COMMENT = comment`,
  TABLES: `
    TABLE_CATALOG = database_name
    TABLE_SCHEMA = schema_name
    TABLE_NAME = name
    TABLE_OWNER = ${OWNED}
    TABLE_TYPE = CASE kind WHEN 'VIEW' THEN 'VIEW' ELSE 'BASE TABLE' END
    IS_TRANSIENT = CASE kind WHEN 'VIEW' THEN NULL ELSE 'NO' END
    CLUSTERING_KEY
    ROW_COUNT = row_count
    BYTES = ${NO_NUMBER}
    RETENTION_TIME = CASE kind WHEN 'VIEW' THEN NULL ELSE CAST(0 AS DECIMAL(9, 0)) END
    SELF_REFERENCING_COLUMN_NAME
    REFERENCE_GENERATION
    USER_DEFINED_TYPE_CATALOG
    USER_DEFINED_TYPE_SCHEMA
    USER_DEFINED_TYPE_NAME
    IS_INSERTABLE_INTO = CASE kind WHEN 'VIEW' THEN 'NO' ELSE 'YES' END
    IS_TYPED = CASE kind WHEN 'VIEW' THEN 'NO' ELSE 'YES' END
    COMMIT_ACTION
    CREATED = made
    LAST_ALTERED = made
    LAST_DDL = made
    LAST_DDL_BY
    AUTO_CLUSTERING_ON = 'NO'
    COMMENT = comment
    IS_TEMPORARY = 'NO'
    IS_ICEBERG = 'NO'
    IS_DYNAMIC = 'NO'
    IS_IMMUTABLE = 'NO'
    IS_HYBRID = 'NO'`,
  VIEWS: `
    TABLE_CATALOG = database_name
    TABLE_SCHEMA = schema_name
    TABLE_NAME = name
    TABLE_OWNER = ${OWNED}
    VIEW_DEFINITION = definition
    CHECK_OPTION = 'NONE'
    IS_UPDATABLE = 'NO'
    INSERTABLE_INTO = 'NO'
    IS_SECURE = 'NO'
    CREATED = made
    LAST_ALTERED = made
    LAST_DDL = made
    LAST_DDL_BY
    COMMENT = comment`,
  COLUMNS: `
    TABLE_CATALOG = database_name
    TABLE_SCHEMA = schema_name
    TABLE_NAME = table_name
    COLUMN_NAME = column_name
    ORDINAL_POSITION = CAST(place AS DECIMAL(9, 0))
    COLUMN_DEFAULT = by_default
    IS_NULLABLE = CASE WHEN nullable THEN 'YES' ELSE 'NO' END
    DATA_TYPE = CASE WHEN ${IS_TEXT} THEN 'TEXT' ELSE type_name END
    CHARACTER_MAXIMUM_LENGTH = CASE WHEN ${IS_TEXT} THEN first_number END
    CHARACTER_OCTET_LENGTH = CASE WHEN ${IS_TEXT} THEN least(first_number * 4, 16777216) WHEN type_name = 'BINARY' THEN first_number END
    NUMERIC_PRECISION = CASE WHEN ${IS_NUMBER} THEN first_number END
    NUMERIC_PRECISION_RADIX = CASE WHEN ${IS_NUMBER} THEN CAST(10 AS DECIMAL(9, 0)) END
    NUMERIC_SCALE = CASE WHEN ${IS_NUMBER} THEN second_number END
    DATETIME_PRECISION = CASE WHEN ${IS_TIME} THEN first_number END
    INTERVAL_TYPE
    INTERVAL_PRECISION = ${NO_NUMBER}
    CHARACTER_SET_CATALOG
    CHARACTER_SET_SCHEMA
    CHARACTER_SET_NAME
    COLLATION_CATALOG
    COLLATION_SCHEMA
    COLLATION_NAME
    DOMAIN_CATALOG
    DOMAIN_SCHEMA
    DOMAIN_NAME
    UDT_CATALOG
    UDT_SCHEMA
    UDT_NAME
    SCOPE_CATALOG
    SCOPE_SCHEMA
    SCOPE_NAME
    MAXIMUM_CARDINALITY = ${NO_NUMBER}
    DTD_IDENTIFIER
    IS_SELF_REFERENCING = 'NO'
    IS_IDENTITY = 'NO'
    IDENTITY_GENERATION
    IDENTITY_START
    IDENTITY_INCREMENT
    IDENTITY_MAXIMUM
    IDENTITY_MINIMUM
    IDENTITY_CYCLE
    IDENTITY_ORDERED
    COMMENT = comment
    DATA_TYPE_ALIAS`,
  TABLE_CONSTRAINTS: `
    CONSTRAINT_CATALOG = database_name
    CONSTRAINT_SCHEMA = schema_name
    CONSTRAINT_NAME = key_name
    TABLE_CATALOG = database_name
    TABLE_SCHEMA = schema_name
    TABLE_NAME = table_name
    CONSTRAINT_TYPE = type
    IS_DEFERRABLE = 'NO'
    INITIALLY_DEFERRED = 'YES'
    ENFORCED = 'NO'
    COMMENT
    CREATED = made
    LAST_ALTERED = made
    RELY = 'NO'`,
  REFERENTIAL_CONSTRAINTS: `
    CONSTRAINT_CATALOG = database_name
    CONSTRAINT_SCHEMA = schema_name
    CONSTRAINT_NAME = key_name
    UNIQUE_CONSTRAINT_CATALOG = to_database
    UNIQUE_CONSTRAINT_SCHEMA = to_schema
    UNIQUE_CONSTRAINT_NAME = to_key
    MATCH_OPTION = 'FULL'
    UPDATE_RULE = 'NO ACTION'
    DELETE_RULE = 'NO ACTION'
    COMMENT
    CREATED = made
    LAST_ALTERED = made`,
  INFORMATION_SCHEMA_CATALOG_NAME: `
    CATALOG_NAME = database_name`,
};

/** Pairs of a column and what it is computed as. */
export function fields(text: string): readonly (readonly [name: string, value: string])[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [name, ...value] = line.trim().split(' = ');
      return [name!, value.length === 0 ? NONE : value.join(' = ')] as const;
    });
}
