import type { Family } from '@sluice/snowflake-sql';
import type { BoundCall, BoundExpression } from '@sluice/snowflake-sql/execution';

/** What the functions here give, as they are rendered. */
export function familyOfCall(
  call: BoundCall,
  familyOf: (expression: BoundExpression) => Family,
  common: (expressions: readonly (BoundExpression | null)[]) => Family,
): Family {
  const { name } = call.name;
  const fixed = families.get(name);
  if (fixed !== undefined) return fixed;
  const args = call.arguments.flatMap((argument) => (argument.kind === 'word' ? [] : [argument]));
  if (sameAsFirst.has(name)) return args[0] === undefined ? 'unknown' : familyOf(args[0]);
  if (name === 'IFF') return common(args.slice(1));
  return name === 'COALESCE' || name === 'NVL' || name === 'IFNULL' ? common(args) : 'unknown';
}

const words = (text: string) => text.trim().split(/\s+/);

const sameAsFirst: ReadonlySet<string> = new Set(
  words(`MIN MAX ANY_VALUE NULLIF LAG LEAD FIRST_VALUE LAST_VALUE NTH_VALUE MODE MIN_BY MAX_BY DATE_TRUNC`),
);

const families: ReadonlyMap<string, Family> = new Map(
  Object.entries({
    variant: `PARSE_JSON TRY_PARSE_JSON TO_VARIANT TO_OBJECT TO_ARRAY OBJECT_CONSTRUCT OBJECT_CONSTRUCT_KEEP_NULL
      ARRAY_CONSTRUCT ARRAY_AGG ARRAY_UNIQUE_AGG OBJECT_AGG GET GET_PATH OBJECT_KEYS SPLIT TRANSFORM FILTER
      ARRAY_CAT ARRAY_APPEND ARRAY_SLICE ARRAY_DISTINCT ARRAY_COMPACT STRTOK_TO_ARRAY`,
    text: `UPPER LOWER TRIM LTRIM RTRIM SUBSTR SUBSTRING LEFT RIGHT CONCAT CONCAT_WS REPLACE REGEXP_REPLACE
      REGEXP_SUBSTR SPLIT_PART INITCAP TO_CHAR TO_VARCHAR TO_JSON REVERSE REPEAT LPAD RPAD SPACE TRANSLATE LISTAGG MD5
      SHA2 HEX_ENCODE BASE64_ENCODE DAYNAME MONTHNAME UUID_STRING CHR ARRAY_TO_STRING RANDSTR`,
    number: `COUNT SUM AVG ABS ROUND FLOOR CEIL CEILING SQRT POWER POW LENGTH LEN YEAR MONTH DAY HOUR MINUTE SECOND
      QUARTER DATEDIFF TIMESTAMPDIFF TIMEDIFF DATE_PART ROW_NUMBER RANK DENSE_RANK NTILE MOD DIV0 DIV0NULL TO_NUMBER
      TO_DECIMAL TO_NUMERIC TRY_TO_NUMBER TRY_TO_DECIMAL TO_DOUBLE TRY_TO_DOUBLE COUNT_IF MEDIAN
      APPROX_COUNT_DISTINCT ARRAY_SIZE REGEXP_COUNT CHARINDEX POSITION ASCII SIGN TRUNC`,
    time: `DATEADD TIMESTAMPADD TIMEADD TO_DATE TO_TIMESTAMP TO_TIMESTAMP_NTZ TRY_TO_DATE TRY_TO_TIMESTAMP
      CURRENT_DATE CURRENT_TIMESTAMP LAST_DAY ADD_MONTHS`,
    boolean:
      'CONTAINS STARTSWITH ENDSWITH REGEXP_LIKE RLIKE EQUAL_NULL TO_BOOLEAN TRY_TO_BOOLEAN IS_NULL_VALUE',
  } satisfies Partial<Record<Family, string>>).flatMap(([family, names]) =>
    words(names).map((name) => [name, family as Family] as const),
  ),
);
