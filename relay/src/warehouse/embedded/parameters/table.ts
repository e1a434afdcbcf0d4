import type { ParameterValue } from '../../session-state.ts';

/** What becomes of a session parameter that is set. */
export type Treatment =
  /** `meaning`: it changes what statements mean, so they are decided on, approved and run under one value of it. */
  | { readonly is: 'honoured'; readonly changes: 'meaning' | 'session' }
  /** It changes nothing here; why. */
  | { readonly is: 'accepted'; readonly because: string }
  /** Any value but its default would make answers other than asked for; why it is not there. */
  | { readonly is: 'refused'; readonly because: string };

export interface Parameter<Value extends ParameterValue = ParameterValue> {
  readonly default: Value;
  /** Texts in any case, or a range of whole numbers; null: any value of its type. */
  readonly values: readonly string[] | { readonly least: number; readonly most: number } | null;
  readonly treatment: Treatment;
  readonly description: string;
}

const MEANING: Treatment = { is: 'honoured', changes: 'meaning' };
const SESSION: Treatment = { is: 'honoured', changes: 'session' };
const OF_DRIVERS: Treatment = { is: 'accepted', because: 'drivers read it' };

const accepted = (because: string): Treatment => ({ is: 'accepted', because });
const refused = (because: string): Treatment => ({ is: 'refused', because });

function text(
  byDefault: string,
  treatment: Treatment,
  description: string,
  values: readonly string[] | null = null,
): Parameter<string> {
  return { default: byDefault, values, treatment, description };
}

function flag(byDefault: boolean, treatment: Treatment, description: string): Parameter<boolean> {
  return { default: byDefault, values: null, treatment, description };
}

function whole(
  byDefault: number,
  [least, most]: readonly [number, number],
  treatment: Treatment,
  description: string,
): Parameter<number> {
  return { default: byDefault, values: { least, most }, treatment, description };
}

const ANY_WHOLE = [0, 2_147_483_647] as const;
const FORMATS_OF_RESULTS = ['JSON', 'ARROW', 'ARROW_FORCE'];

/**
 * Snowflake's session parameters (Snowflake's reference: Parameters), their defaults as this warehouse has them, and what
 * is made of them. One that is not here is unknown.
 */
export const PARAMETERS = {
  ABORT_DETACHED_QUERY: flag(
    false,
    accepted('the relay ends statements whose client has gone'),
    'Whether statements of a client that has gone are ended.',
  ),
  AUTOCOMMIT: flag(true, SESSION, 'Whether each statement outside of a transaction is committed by itself.'),
  BINARY_INPUT_FORMAT: text(
    'HEX',
    refused('name the format: TO_BINARY(text, format)'),
    'How a text is read as a binary value.',
    ['HEX', 'BASE64', 'UTF8', 'UTF-8'],
  ),
  BINARY_OUTPUT_FORMAT: text('HEX', MEANING, 'How a binary value is written as a text.', ['HEX', 'BASE64']),
  CLIENT_MEMORY_LIMIT: whole(1536, ANY_WHOLE, OF_DRIVERS, 'Memory of a driver for a result, in megabytes.'),
  CLIENT_METADATA_REQUEST_USE_CONNECTION_CTX: flag(
    false,
    OF_DRIVERS,
    'Whether a driver asks for metadata of its schema alone.',
  ),
  CLIENT_METADATA_USE_SESSION_DATABASE: flag(
    false,
    OF_DRIVERS,
    'Whether a driver asks for metadata of its database alone.',
  ),
  CLIENT_PREFETCH_THREADS: whole(4, [1, 100], OF_DRIVERS, 'How many chunks a driver fetches at once.'),
  CLIENT_RESULT_CHUNK_SIZE: whole(48, [16, 160], OF_DRIVERS, 'Largest size of a chunk, in megabytes.'),
  CLIENT_RESULT_COLUMN_CASE_INSENSITIVE: flag(
    false,
    OF_DRIVERS,
    'Whether a driver finds columns in any case.',
  ),
  CLIENT_SESSION_KEEP_ALIVE: flag(false, OF_DRIVERS, 'Whether a driver keeps an idle session alive.'),
  CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY: whole(
    3600,
    [900, 3600],
    OF_DRIVERS,
    'Seconds between two signs of life.',
  ),
  CLIENT_STAGE_ARRAY_BINDING_THRESHOLD: whole(
    2_147_483_647,
    ANY_WHOLE,
    accepted('drivers are told to send binds with their statement, whatever it is set to'),
    'From how many binds on a driver puts them on a stage.',
  ),
  CLIENT_TELEMETRY_ENABLED: flag(false, OF_DRIVERS, 'Whether a driver tells of itself.'),
  CLIENT_TIMESTAMP_TYPE_MAPPING: text(
    'TIMESTAMP_LTZ',
    OF_DRIVERS,
    'Which type a driver binds a timestamp as.',
    ['TIMESTAMP_LTZ', 'TIMESTAMP_NTZ'],
  ),
  DATE_INPUT_FORMAT: text(
    'AUTO',
    refused('name the format: TO_DATE(text, format)'),
    'How a text is read as a date.',
  ),
  DATE_OUTPUT_FORMAT: text('YYYY-MM-DD', MEANING, 'How a date is written as a text.'),
  DEFAULT_DDL_COLLATION: text('', refused('there are no collations here'), 'The collation of new columns.'),
  // Not in Snowflake's reference: by it, an account gives the results of several statements in Arrow, too.
  ENABLE_FIX_1758055_ADD_ARROW_SUPPORT_FOR_MULTI_STMTS: flag(
    true,
    accepted('the results of several statements are in the format that the session asks for in any case'),
    'Whether the results of several statements may be in Arrow.',
  ),
  ENABLE_OBJECT_TYPED_BINDS: flag(
    true,
    accepted('a bind that says its type has it in any case'),
    'Whether binds may be of structured types.',
  ),
  ENABLE_STRUCTURED_TYPES_IN_BINDS: text(
    'ENABLE',
    accepted('a bind that says its type has it in any case'),
    'Whether binds may be of structured types.',
  ),
  ENABLE_STRUCTURED_TYPES_IN_CLIENT_RESPONSE: flag(
    false,
    SESSION,
    'Whether a client is told of which types the values in a structured value are.',
  ),
  ENABLE_STRUCTURED_TYPES_IN_FDN_TABLES: flag(
    true,
    accepted('columns of tables may be of structured types in any case'),
    'Whether columns of tables may be of structured types.',
  ),
  ENABLE_STRUCTURED_TYPES_NATIVE_ARROW_FORMAT: flag(
    false,
    SESSION,
    'Whether Arrow has structured values as structs, lists and maps.',
  ),
  ENABLE_UNLOAD_PHYSICAL_TYPE_OPTIMIZATION: flag(
    true,
    accepted('nothing is unloaded here'),
    'Whether unloaded types follow the values.',
  ),
  ERROR_ON_NONDETERMINISTIC_MERGE: flag(
    true,
    refused('a MERGE whose outcome is left to chance'),
    'Whether MERGE fails when more than one row of the source matches.',
  ),
  ERROR_ON_NONDETERMINISTIC_UPDATE: flag(
    false,
    refused('an UPDATE is not looked through for that'),
    'Whether UPDATE fails when more than one row matches.',
  ),
  FORCE_ENABLE_STRUCTURED_TYPES_NATIVE_ARROW_FORMAT: flag(
    false,
    SESSION,
    'Whether Arrow has structured values as structs, lists and maps.',
  ),
  GEOGRAPHY_OUTPUT_FORMAT: text('GeoJSON', refused('there are no geographies here'), 'How they are written.'),
  GEOMETRY_OUTPUT_FORMAT: text('GeoJSON', refused('there are no geometries here'), 'How they are written.'),
  GO_QUERY_RESULT_FORMAT: text('ARROW', SESSION, 'How the Go driver would have results.', FORMATS_OF_RESULTS),
  HYBRID_TABLE_LOCK_TIMEOUT: whole(
    3600,
    ANY_WHOLE,
    accepted('there are no hybrid tables here'),
    'How long to wait for a row.',
  ),
  IGNORE_CLIENT_VESRION_IN_STRUCTURED_TYPES_RESPONSE: flag(
    false,
    accepted('no client is told less for its version'),
    'Whether a client is told of structured types whatever its version.',
  ),
  JDBC_ENABLE_PUT_GET: flag(true, OF_DRIVERS, 'Whether the JDBC driver puts and gets files.'),
  JDBC_QUERY_RESULT_FORMAT: text(
    'ARROW',
    SESSION,
    'How the JDBC driver would have results.',
    FORMATS_OF_RESULTS,
  ),
  JDBC_TREAT_DECIMAL_AS_INT: flag(
    true,
    OF_DRIVERS,
    'Whether the JDBC driver takes NUMBER(38, 0) for BIGINT.',
  ),
  JDBC_TREAT_TIMESTAMP_NTZ_AS_UTC: flag(
    false,
    OF_DRIVERS,
    'Whether the JDBC driver takes TIMESTAMP_NTZ for UTC.',
  ),
  JDBC_USE_SESSION_TIMEZONE: flag(
    true,
    OF_DRIVERS,
    'Whether the JDBC driver shows times in the session’s zone.',
  ),
  JSON_INDENT: whole(2, [0, 16], refused('semi-structured values are written in one way'), 'Blanks a level.'),
  JS_TREAT_INTEGER_AS_BIGINT: flag(false, OF_DRIVERS, 'Whether the Node driver takes integers for BigInt.'),
  LOCK_TIMEOUT: whole(
    43_200,
    ANY_WHOLE,
    accepted('nothing waits for a lock here'),
    'How long to wait, in seconds.',
  ),
  LOG_LEVEL: text('OFF', accepted('no handler logs here'), 'What handlers log.'),
  METRIC_LEVEL: text('NONE', accepted('no handler measures here'), 'What handlers measure.'),
  MULTI_STATEMENT_COUNT: whole(
    1,
    [0, 1_000],
    SESSION,
    'How many statements one request holds; 0: any number.',
  ),
  NOORDER_SEQUENCE_AS_DEFAULT: flag(
    true,
    accepted('the values of a sequence are drawn in order in any case'),
    'Whether sequences and AUTOINCREMENT are NOORDER where nothing is said.',
  ),
  ODBC_QUERY_RESULT_FORMAT: text(
    'ARROW',
    SESSION,
    'How the ODBC driver would have results.',
    FORMATS_OF_RESULTS,
  ),
  PYTHON_CONNECTOR_QUERY_RESULT_FORMAT: text(
    'ARROW',
    SESSION,
    'How the Python connector would have results.',
    FORMATS_OF_RESULTS,
  ),
  QUERY_TAG: text('', SESSION, 'Goes with statements; as JSON, it tells agent and prompt.'),
  QUOTED_IDENTIFIERS_IGNORE_CASE: flag(
    false,
    refused('names in quotes are read as they are written'),
    'Whether names in quotes are taken in upper case.',
  ),
  ROWS_PER_RESULTSET: whole(0, ANY_WHOLE, SESSION, 'How many rows a result has at most; 0: any number.'),
  S3_STAGE_VPCE_DNS_NAME: text('', refused('there are no external stages here'), 'A stage’s own endpoint.'),
  SEARCH_PATH: text(
    '$current, $public',
    refused('names are looked up in one schema'),
    'Where names are looked up.',
  ),
  SIMULATED_DATA_SHARING_CONSUMER: text('', refused('there are no shares here'), 'Whom a view answers as.'),
  STATEMENT_QUEUED_TIMEOUT_IN_SECONDS: whole(
    0,
    ANY_WHOLE,
    accepted('statements are not queued by the warehouse'),
    'How long a statement may be queued.',
  ),
  STATEMENT_TIMEOUT_IN_SECONDS: whole(
    172_800,
    [0, 604_800],
    SESSION,
    'How long a statement may run; 0: as long as it may.',
  ),
  STRICT_JSON_OUTPUT: flag(
    false,
    refused('semi-structured values are written in one way'),
    'Whether strictly.',
  ),
  TIMESTAMP_DAY_IS_ALWAYS_24H: flag(
    false,
    refused('a day is one of the calendar'),
    'Whether a day has 24 hours, also when the clocks are changed.',
  ),
  TIMESTAMP_INPUT_FORMAT: text(
    'AUTO',
    refused('name the format: TO_TIMESTAMP(text, format)'),
    'How a text is read as a timestamp.',
  ),
  TIMESTAMP_LTZ_OUTPUT_FORMAT: text('', MEANING, 'How a TIMESTAMP_LTZ is written as a text.'),
  TIMESTAMP_NTZ_OUTPUT_FORMAT: text(
    'YYYY-MM-DD HH24:MI:SS.FF3',
    MEANING,
    'How a TIMESTAMP_NTZ is written as a text.',
  ),
  TIMESTAMP_OUTPUT_FORMAT: text(
    'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM',
    MEANING,
    'How timestamps without a format of their own are written as a text.',
  ),
  TIMESTAMP_TYPE_MAPPING: text(
    'TIMESTAMP_NTZ',
    refused('TIMESTAMP is TIMESTAMP_NTZ: name the type that is meant'),
    'Which type TIMESTAMP is.',
    ['TIMESTAMP_NTZ', 'TIMESTAMP_LTZ', 'TIMESTAMP_TZ'],
  ),
  TIMESTAMP_TZ_OUTPUT_FORMAT: text('', MEANING, 'How a TIMESTAMP_TZ is written as a text.'),
  TIMEZONE: text('Etc/UTC', MEANING, 'The zone of TIMESTAMP_LTZ, and of the present.'),
  TIME_INPUT_FORMAT: text(
    'AUTO',
    refused('name the format: TO_TIME(text, format)'),
    'How a text is read as a time.',
  ),
  TIME_OUTPUT_FORMAT: text('HH24:MI:SS', MEANING, 'How a time is written as a text.'),
  TRACE_LEVEL: text('OFF', accepted('no handler traces here'), 'What handlers trace.'),
  TRANSACTION_ABORT_ON_ERROR: flag(
    false,
    accepted('a transaction in which a statement failed can only be rolled back here'),
    'Whether a statement that fails ends its transaction.',
  ),
  TRANSACTION_DEFAULT_ISOLATION_LEVEL: text(
    'READ COMMITTED',
    refused('there is one isolation level'),
    'What a transaction sees of others.',
  ),
  TWO_DIGIT_CENTURY_START: whole(
    1970,
    [1900, 2100],
    refused('years of two digits begin with 1969'),
    'The first year that two digits can mean.',
  ),
  UNSUPPORTED_DDL_ACTION: text(
    'ignore',
    refused('what is not supported is refused'),
    'What becomes of what DDL does not support.',
  ),
  USE_CACHED_RESULT: flag(
    true,
    accepted('results are computed each time'),
    'Whether results are used again.',
  ),
  WEEK_OF_YEAR_POLICY: whole(
    0,
    [0, 1],
    MEANING,
    '0: weeks of a year as in ISO; 1: the first has January 1st.',
  ),
  WEEK_START: whole(0, [0, 7], MEANING, 'The first day of a week, Monday being 1; 0: as in ISO.'),
} satisfies Readonly<Record<string, Parameter>>;

export type ParameterName = keyof typeof PARAMETERS;
