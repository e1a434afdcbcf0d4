import type { BoundCall, BoundExpression } from '@sluice/snowflake-sql/execution';
import { quotient } from './arithmetic-type.ts';
import { datePartNamed, isPartOfDate } from './date-part.ts';
import {
  ARRAY,
  BINARY,
  BOOLEAN,
  chosenType,
  DATE,
  type Fixed,
  fixed,
  INTEGER,
  MOST_DIGITS,
  OBJECT,
  REAL,
  type SnowflakeType,
  TEXT,
  TIME,
  TIMESTAMP_LTZ,
  TIMESTAMP_NTZ,
  TIMESTAMP_TZ,
  UNKNOWN,
  VARIANT,
} from './snowflake-type.ts';

type TypeOf = (expression: BoundExpression) => SnowflakeType;

/** What a call gives. A function that is not here gives what DuckDB makes of it. */
export function typeOfCall(call: BoundCall, typeOf: TypeOf): SnowflakeType {
  const { name } = call.name;
  const always = ALWAYS.get(name);
  if (always !== undefined) return always;
  const given = call.arguments.flatMap((argument) => (argument.kind === 'word' ? [] : [argument]));
  const of = (index: number) => (given[index] === undefined ? UNKNOWN : typeOf(given[index]));
  const own = OWN[name];
  if (own !== undefined) return own({ call, given, of, typeOf });
  if (SAME_AS_FIRST.has(name)) return of(0);
  return COMMON.has(name) ? chosenType(given.map(typeOf)) : UNKNOWN;
}

interface Given {
  readonly call: BoundCall;
  readonly given: readonly BoundExpression[];
  readonly of: (index: number) => SnowflakeType;
  readonly typeOf: TypeOf;
}

/** Digits that sums and averages have room for beside those of what they are made of (snowflake-snowpark-python, `mock/_functions.py`). */
const DIGITS_OF_SUMS = 12;

const digitsOfSum = ({ precision }: Fixed) => Math.min(MOST_DIGITS, precision + DIGITS_OF_SUMS);

const sum = ({ of }: Given): SnowflakeType => {
  const type = of(0);
  return type.kind === 'fixed' ? fixed(digitsOfSum(type), type.scale) : numberOr(type);
};

/** Of numbers, what a quotient by a count is. */
const average = ({ of }: Given): SnowflakeType => {
  const type = of(0);
  return type.kind === 'fixed' ? fixed(digitsOfSum(type), quotient(type, fixed(1, 0)).scale) : numberOr(type);
};

/** Of numbers, halfway between two of them. */
const halfway = (type: SnowflakeType): SnowflakeType =>
  type.kind === 'fixed' ? fixed(MOST_DIGITS, Math.min(MOST_DIGITS, type.scale + 3)) : numberOr(type);

/** Only as many digits after the point as are asked for, if that is said by a number. */
const rounded = ({ given, of }: Given): SnowflakeType => {
  const type = of(0);
  if (type.kind !== 'fixed') return type.kind === 'date' || type.kind.startsWith('timestamp') ? type : REAL;
  const asked = given.length < 2 ? 0 : wholeNumber(given[1]!);
  if (asked === null) return UNKNOWN;
  const scale = Math.max(0, Math.min(type.scale, asked));
  return fixed(type.precision - type.scale + 1 + scale, scale);
};

const wholePart = ({ of }: Given): SnowflakeType => {
  const type = of(0);
  return type.kind === 'fixed' ? fixed(type.precision - type.scale + 1, 0) : REAL;
};

const converted = ({ given }: Given): SnowflakeType => {
  const isFormat = (one: BoundExpression) => one.kind === 'literal' && one.value.kind === 'string';
  const numbers = given
    .slice(1)
    .filter((one) => !isFormat(one))
    .map(wholeNumber);
  if (numbers.some((number) => number === null)) return UNKNOWN;
  return fixed(numbers[0] ?? MOST_DIGITS, numbers[1] ?? 0);
};

/** A number's, or FLOAT for what is read as one. */
function numberOr(type: SnowflakeType): SnowflakeType {
  return type.kind === 'fixed' ? type : REAL;
}

const divided = ({ of }: Given): SnowflakeType => {
  const [one, other] = [of(0), of(1)].map((type) => (type.kind === 'null' ? fixed(1, 0) : type));
  return one?.kind === 'fixed' && other?.kind === 'fixed' ? quotient(one, other) : REAL;
};

const sameOrNumber = ({ of }: Given): SnowflakeType => numberOr(of(0));

const OWN: Readonly<Record<string, (given: Given) => SnowflakeType>> = {
  SUM: sum,
  AVG: average,
  MEDIAN: ({ of }) => halfway(of(0)),
  PERCENTILE_CONT: ({ call, typeOf }) => {
    const [order] = call.withinGroup;
    return order === undefined ? UNKNOWN : halfway(typeOf(order.expression));
  },
  PERCENTILE_DISC: ({ call, typeOf }) => {
    const [order] = call.withinGroup;
    return order === undefined ? UNKNOWN : typeOf(order.expression);
  },
  ROUND: rounded,
  TRUNC: rounded,
  TRUNCATE: rounded,
  FLOOR: (given) => (given.given.length < 2 ? wholePart(given) : rounded(given)),
  CEILING: (given) => (given.given.length < 2 ? wholePart(given) : rounded(given)),
  CEIL: (given) => (given.given.length < 2 ? wholePart(given) : rounded(given)),
  ABS: sameOrNumber,
  ZEROIFNULL: sameOrNumber,
  NULLIFZERO: sameOrNumber,
  DIV0: divided,
  DIV0NULL: divided,
  RATIO_TO_REPORT: ({ of }) => {
    const type = of(0);
    return type.kind === 'fixed' ? quotient(type, fixed(1, 0)) : REAL;
  },
  MOD: ({ of }) => {
    const [one, other] = [of(0), of(1)];
    if (one.kind !== 'fixed' || other.kind !== 'fixed') return REAL;
    const scale = Math.max(one.scale, other.scale);
    return fixed(one.precision - one.scale + scale, scale);
  },
  IFF: ({ of }) => chosenType([of(1), of(2)]),
  NVL2: ({ of }) => chosenType([of(1), of(2)]),
  DECODE: ({ given, of }) => {
    const results = given.flatMap((_, index) => (index > 0 && index % 2 === 0 ? [of(index)] : []));
    const otherwise = given.length % 2 === 0 ? [of(given.length - 1)] : [];
    return chosenType([...results, ...otherwise]);
  },
  CONVERT_TIMEZONE: ({ given }) => (given.length < 3 ? TIMESTAMP_TZ : TIMESTAMP_NTZ),
  DATEADD: moved,
  TIMESTAMPADD: moved,
  TIMEADD: moved,
  DATE_TRUNC: ({ given, of }) => asTime(of(given.length - 1)),
  TIME_SLICE: ({ of }) => asTime(of(0)),
  ADD_MONTHS: ({ of }) => asTime(of(0)),
  MONTHS_BETWEEN: () => fixed(MOST_DIGITS, 6),
  TO_NUMBER: converted,
  TO_DECIMAL: converted,
  TO_NUMERIC: converted,
  TRY_TO_NUMBER: converted,
  TRY_TO_DECIMAL: converted,
  TRY_TO_NUMERIC: converted,
  MIN_BY: ({ given, of }) => (given.length < 3 ? of(0) : ARRAY),
  MAX_BY: ({ given, of }) => (given.length < 3 ? of(0) : ARRAY),
  REGR_VALX: ({ of }) => numberOr(of(1)),
  REGR_VALY: ({ of }) => numberOr(of(0)),
  UNIFORM: ({ of }) => {
    const isWhole = [of(0), of(1)].every((type) => type.kind === 'fixed' && type.scale === 0);
    return isWhole ? INTEGER : REAL;
  },
  AS_DECIMAL: converted,
  AS_NUMBER: converted,
  REDUCE: ({ of }) => {
    const start = of(1);
    if (start.kind === 'fixed' || start.kind === 'real') return REAL;
    if (start.kind === 'text') return TEXT;
    return start.kind === 'boolean' ? BOOLEAN : VARIANT;
  },
  UPPER: asLong,
  LOWER: asLong,
  TRIM: asLong,
  LTRIM: asLong,
  RTRIM: asLong,
  REVERSE: asLong,
  INITCAP: asLong,
  LEFT: asLong,
  RIGHT: asLong,
  SUBSTR: asLong,
  SUBSTRING: asLong,
};

/** Whole days make a date of a date; a text is read as a timestamp. */
function moved({ call, given, of }: Given): SnowflakeType {
  const type = asTime(of(given.length - 1));
  const [part] = call.arguments;
  const word =
    part?.kind === 'word'
      ? part.word
      : part?.kind === 'literal' && part.value.kind === 'string'
        ? part.value.value
        : null;
  if (type.kind !== 'date') return type;
  const named = word === null ? undefined : datePartNamed(word);
  if (named === undefined) return UNKNOWN;
  return isPartOfDate(named) ? type : TIMESTAMP_NTZ;
}

function asTime(type: SnowflakeType): SnowflakeType {
  return type.kind === 'text' || type.kind === 'variant' ? TIMESTAMP_NTZ : type;
}

/** A text that is no longer than what it is made of. */
function asLong({ of }: Given): SnowflakeType {
  const type = of(0);
  return type.kind === 'text' ? type : type.kind === 'binary' ? UNKNOWN : TEXT;
}

function wholeNumber(expression: BoundExpression): number | null {
  if (expression.kind === 'unary' && expression.operator === '-') {
    const positive = wholeNumber(expression.operand);
    return positive === null ? null : -positive;
  }
  if (expression.kind !== 'literal' || expression.value.kind !== 'number') return null;
  return /^\d{1,4}$/.test(expression.value.text) ? Number(expression.value.text) : null;
}

const words = (text: string) => text.trim().split(/\s+/);

const SAME_AS_FIRST: ReadonlySet<string> = new Set(
  words(
    `MIN MAX ANY_VALUE NULLIF LAG LEAD FIRST_VALUE LAST_VALUE NTH_VALUE MODE INTERPOLATE_FFILL INTERPOLATE_BFILL`,
  ),
);

const COMMON: ReadonlySet<string> = new Set(
  words(`COALESCE NVL IFNULL GREATEST LEAST GREATEST_IGNORE_NULLS LEAST_IGNORE_NULLS`),
);

/** A whole number of so many digits. */
const digits = (precision: number): Fixed => fixed(precision, 0);

const ALWAYS: ReadonlyMap<string, SnowflakeType> = new Map(
  (
    [
      [
        VARIANT,
        `PARSE_JSON TRY_PARSE_JSON TO_VARIANT GET GET_PATH GET_IGNORE_CASE STRIP_NULL_VALUE ARRAY_MAX ARRAY_MIN`,
      ],
      [
        OBJECT,
        `TO_OBJECT OBJECT_CONSTRUCT OBJECT_CONSTRUCT_KEEP_NULL OBJECT_AGG OBJECT_DELETE OBJECT_INSERT OBJECT_PICK
        ARRAYS_TO_OBJECT AS_OBJECT OBJECTAGG PARSE_URL PARSE_IP`,
      ],
      [
        ARRAY,
        `TO_ARRAY ARRAY_CONSTRUCT ARRAY_AGG ARRAY_UNIQUE_AGG OBJECT_KEYS SPLIT TRANSFORM FILTER ARRAY_CAT ARRAY_APPEND
        ARRAY_PREPEND ARRAY_INSERT ARRAY_REMOVE ARRAY_REMOVE_AT ARRAY_SLICE ARRAY_DISTINCT ARRAY_COMPACT ARRAY_EXCEPT
        ARRAY_INTERSECTION ARRAY_FLATTEN ARRAY_SORT ARRAY_CONSTRUCT_COMPACT STRTOK_TO_ARRAY ARRAY_GENERATE_RANGE
        ARRAY_REVERSE ARRAYS_ZIP AS_ARRAY ARRAYAGG ARRAY_UNION_AGG APPROX_TOP_K REGEXP_SUBSTR_ALL`,
      ],
      [
        TEXT,
        `CONCAT CONCAT_WS REPLACE REGEXP_REPLACE REGEXP_SUBSTR SPLIT_PART TO_CHAR TO_VARCHAR TO_JSON REPEAT LPAD RPAD SPACE
        TRANSLATE LISTAGG MD5 SHA1 SHA2 HEX_ENCODE BASE64_ENCODE DAYNAME MONTHNAME UUID_STRING CHR CHAR ARRAY_TO_STRING RANDSTR
        STRTOK INSERT TYPEOF BASE64_DECODE_STRING HEX_DECODE_STRING TRY_BASE64_DECODE_STRING TRY_HEX_DECODE_STRING
        AS_CHAR AS_VARCHAR STRING_AGG SOUNDEX SOUNDEX_P123 CHECK_JSON MD5_HEX SHA1_HEX SHA2_HEX
        JSON_EXTRACT_PATH_TEXT GET_DDL SYSTEM$TYPEOF INVOKER_SHARE`,
      ],
      [
        digits(18),
        `COUNT COUNT_IF BITMAP_COUNT APPROX_COUNT_DISTINCT HLL REGR_COUNT CONDITIONAL_TRUE_EVENT CONDITIONAL_CHANGE_EVENT ROW_NUMBER RANK DENSE_RANK NTILE`,
      ],
      [
        digits(18),
        `LENGTH LEN RTRIMMED_LENGTH JAROWINKLER_SIMILARITY CHARINDEX POSITION REGEXP_COUNT REGEXP_INSTR EDITDISTANCE ASCII UNICODE OCTET_LENGTH BIT_LENGTH`,
      ],
      [digits(9), `DATEDIFF TIMESTAMPDIFF TIMEDIFF ARRAY_SIZE ARRAY_POSITION`],
      [digits(4), `YEAR YEAROFWEEK YEAROFWEEKISO`],
      [
        digits(2),
        `MONTH DAY DAYOFMONTH DAYOFWEEK DAYOFWEEKISO WEEK WEEKOFYEAR WEEKISO HOUR MINUTE SECOND QUARTER`,
      ],
      [digits(3), `DAYOFYEAR`],
      [digits(1), `SIGN GROUPING`],
      [INTEGER, `DATE_PART AS_INTEGER`],
      [
        REAL,
        `SQRT POWER POW EXP LN LOG SIN COS TAN COT ASIN ACOS ATAN ATAN2 SINH COSH TANH ASINH ACOSH ATANH HAVERSINE DEGREES RADIANS PI CBRT TO_DOUBLE
        TRY_TO_DOUBLE STDDEV STDDEV_POP STDDEV_SAMP APPROX_PERCENTILE NORMAL REGR_AVGX REGR_AVGY REGR_INTERCEPT REGR_R2
        REGR_SLOPE REGR_SXX REGR_SXY REGR_SYY CORR COVAR_POP COVAR_SAMP KURTOSIS SKEW
        CUME_DIST PERCENT_RANK AS_DOUBLE AS_REAL`,
      ],
      [
        BOOLEAN,
        `CONTAINS STARTSWITH ENDSWITH REGEXP_LIKE RLIKE EQUAL_NULL TO_BOOLEAN TRY_TO_BOOLEAN IS_NULL_VALUE ARRAY_CONTAINS
        ARRAYS_OVERLAP BOOLAND BOOLOR BOOLNOT BOOLXOR BOOLAND_AGG BOOLOR_AGG BOOLXOR_AGG LIKE ILIKE LIKE_ALL LIKE_ANY AS_BOOLEAN
        IS_ARRAY IS_BINARY IS_BOOLEAN IS_CHAR IS_VARCHAR IS_DATE IS_DATE_VALUE IS_DECIMAL IS_DOUBLE IS_REAL IS_INTEGER IS_OBJECT
        IS_TIME IS_TIMESTAMP_LTZ IS_TIMESTAMP_NTZ IS_TIMESTAMP_TZ IS_DATABASE_ROLE_IN_SESSION IS_APPLICATION_ROLE_IN_SESSION
        IS_INSTANCE_ROLE_IN_SESSION`,
      ],
      [
        DATE,
        `TO_DATE DATE TRY_TO_DATE CURRENT_DATE LAST_DAY NEXT_DAY PREVIOUS_DAY DATE_FROM_PARTS DATEFROMPARTS`,
      ],
      [TIME, `TO_TIME TRY_TO_TIME TIME CURRENT_TIME LOCALTIME TIME_FROM_PARTS TIMEFROMPARTS`],
      [
        TIMESTAMP_NTZ,
        `TO_TIMESTAMP TO_TIMESTAMP_NTZ TRY_TO_TIMESTAMP TRY_TO_TIMESTAMP_NTZ SYSDATE TIMESTAMP_FROM_PARTS
        TIMESTAMPFROMPARTS TIMESTAMP_NTZ_FROM_PARTS TIMESTAMPNTZFROMPARTS`,
      ],
      [
        TIMESTAMP_LTZ,
        `CURRENT_TIMESTAMP SYSTIMESTAMP AS_TIMESTAMP_LTZ GETDATE LOCALTIMESTAMP TO_TIMESTAMP_LTZ TRY_TO_TIMESTAMP_LTZ TIMESTAMP_LTZ_FROM_PARTS TIMESTAMPLTZFROMPARTS`,
      ],
      [TIMESTAMP_TZ, `TO_TIMESTAMP_TZ TRY_TO_TIMESTAMP_TZ TIMESTAMP_TZ_FROM_PARTS TIMESTAMPTZFROMPARTS`],
      [
        BINARY,
        `TO_BINARY TRY_TO_BINARY MD5_BINARY SHA1_BINARY SHA2_BINARY HEX_DECODE_BINARY BASE64_DECODE_BINARY
        TRY_HEX_DECODE_BINARY TRY_BASE64_DECODE_BINARY BITMAP_CONSTRUCT_AGG BITMAP_OR_AGG`,
      ],
    ] as const
  ).flatMap(([type, names]) => words(names).map((name) => [name, type] as const)),
);
