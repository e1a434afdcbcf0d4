/**
 * Snowflake's name of a column's type, as DESCRIBE TABLE gives it, from DuckDB's: an expression of SQL over one that
 * yields that.
 */
export function snowflakeType(type: string): string {
  return `CASE
    WHEN ${type} LIKE '%[]' OR regexp_matches(${type}, '\\[\\d+\\]$') THEN 'ARRAY'
    WHEN ${type} = 'STRUCT(t TIMESTAMP WITH TIME ZONE, z SMALLINT)' THEN 'TIMESTAMP_TZ(9)'
    WHEN regexp_matches(${type}, '^(STRUCT|MAP|UNION)') THEN 'OBJECT'
    WHEN ${type} LIKE 'DECIMAL%' THEN replace(replace(${type}, 'DECIMAL', 'NUMBER'), ' ', '')
    WHEN regexp_matches(${type}, '^U?(BIG|HUGE|SMALL|TINY)INT$|^U?INTEGER$') THEN 'NUMBER(38,0)'
    WHEN ${type} IN ('VARCHAR', 'UUID') THEN 'VARCHAR(16777216)'
    WHEN ${type} = 'DOUBLE' THEN 'FLOAT'
    WHEN ${type} = 'JSON' THEN 'VARIANT'
    WHEN ${type} = 'BLOB' THEN 'BINARY(8388608)'
    WHEN ${type} = 'TIME' THEN 'TIME(9)'
    WHEN ${type} LIKE 'TIMESTAMP WITH%' THEN 'TIMESTAMP_LTZ(9)'
    WHEN ${type} LIKE 'TIMESTAMP%' THEN 'TIMESTAMP_NTZ(9)'
    ELSE ${type} END`;
}
