export type ParameterValue = string | number | boolean;
export type Parameters = ReadonlyMap<string, ParameterValue>;

/** What sessions have that asked for nothing else; drivers look at each of these (driver protocol, section 2.3). */
export const DEFAULT_PARAMETERS: Readonly<Record<string, ParameterValue>> = {
  AUTOCOMMIT: true,
  TIMEZONE: 'America/Los_Angeles',
  TIMESTAMP_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM',
  TIMESTAMP_NTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3',
  TIMESTAMP_LTZ_OUTPUT_FORMAT: '',
  TIMESTAMP_TZ_OUTPUT_FORMAT: '',
  TIMESTAMP_TYPE_MAPPING: 'TIMESTAMP_NTZ',
  DATE_OUTPUT_FORMAT: 'YYYY-MM-DD',
  TIME_OUTPUT_FORMAT: 'HH24:MI:SS',
  BINARY_OUTPUT_FORMAT: 'HEX',
  GEOGRAPHY_OUTPUT_FORMAT: 'GeoJSON',
  GEOMETRY_OUTPUT_FORMAT: 'GeoJSON',
  CLIENT_STAGE_ARRAY_BINDING_THRESHOLD: 65_280,
  CLIENT_RESULT_CHUNK_SIZE: 160,
  CLIENT_PREFETCH_THREADS: 4,
  CLIENT_MEMORY_LIMIT: 1_536,
  CLIENT_SESSION_KEEP_ALIVE: false,
  CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY: 3_600,
  CLIENT_TELEMETRY_ENABLED: false,
  CLIENT_METADATA_REQUEST_USE_CONNECTION_CTX: false,
  QUERY_CONTEXT_CACHE_SIZE: 5,
  QUERY_TAG: '',
  MULTI_STATEMENT_COUNT: 1,
  ROWS_PER_RESULTSET: 0,
  STATEMENT_TIMEOUT_IN_SECONDS: 172_800,
  QUOTED_IDENTIFIERS_IGNORE_CASE: false,
  SEARCH_PATH: '$current, $public',
  JSON_INDENT: 2,
  WEEK_START: 0,
  WEEK_OF_YEAR_POLICY: 0,
  TWO_DIGIT_CENTURY_START: 1_970,
  BINARY_INPUT_FORMAT: 'HEX',
  DATE_INPUT_FORMAT: 'AUTO',
  TIME_INPUT_FORMAT: 'AUTO',
  TIMESTAMP_INPUT_FORMAT: 'AUTO',
  TIMESTAMP_DAY_IS_ALWAYS_24H: false,
  STRICT_JSON_OUTPUT: false,
  ERROR_ON_NONDETERMINISTIC_MERGE: true,
  ERROR_ON_NONDETERMINISTIC_UPDATE: false,
  LOCK_TIMEOUT: 43_200,
  ABORT_DETACHED_QUERY: false,
  JDBC_QUERY_RESULT_FORMAT: 'ARROW',
  PYTHON_CONNECTOR_QUERY_RESULT_FORMAT: 'ARROW',
  GO_QUERY_RESULT_FORMAT: 'ARROW',
  ODBC_QUERY_RESULT_FORMAT: 'ARROW',
  JDBC_TREAT_DECIMAL_AS_INT: true,
  SERVICE_NAME: '',
};

export function parameterList(parameters: Parameters) {
  return Array.from(parameters, ([name, value]) => ({ name, value }));
}

/**
 * The encoding that a client is answered in: by the parameter that is named after it. A client that Snowflake has no parameter for
 * gets JSON, unless it names one.
 *
 * @param client - `CLIENT_APP_ID`.
 */
export function isArrowFor(
  client: string,
  session: Parameters,
  statement: Readonly<Record<string, unknown>>,
): boolean {
  const own: Readonly<Record<string, string>> = {
    PythonConnector: 'PYTHON_CONNECTOR_QUERY_RESULT_FORMAT',
    PythonSnowpark: 'PYTHON_CONNECTOR_QUERY_RESULT_FORMAT',
    SnowSQL: 'PYTHON_CONNECTOR_QUERY_RESULT_FORMAT',
    Go: 'GO_QUERY_RESULT_FORMAT',
    JDBC: 'JDBC_QUERY_RESULT_FORMAT',
    ODBC: 'ODBC_QUERY_RESULT_FORMAT',
  };
  if (client === 'JavaScript') return false;
  const name = own[client] ?? Object.keys(statement).find((name) => name.endsWith('_QUERY_RESULT_FORMAT'));
  if (name === undefined) return false;
  const value = statement[name] ?? session.get(name);
  return typeof value === 'string' && value.toUpperCase().startsWith('ARROW');
}
