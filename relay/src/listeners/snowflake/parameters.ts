export interface Parameter {
  readonly name: string;
  /** Drivers cast by JSON type: booleans and integers are not strings. */
  readonly value: string | number | boolean;
}

/**
 * How cells are to be shown; with every result, because drivers read it there (driver protocol, rule 10: one
 * driver dies on a binary column without BINARY_OUTPUT_FORMAT).
 */
export const formatParameters: readonly Parameter[] = [
  { name: 'TIMEZONE', value: 'Etc/UTC' },
  { name: 'TIMESTAMP_OUTPUT_FORMAT', value: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM' },
  { name: 'TIMESTAMP_NTZ_OUTPUT_FORMAT', value: 'YYYY-MM-DD HH24:MI:SS.FF3' },
  { name: 'TIMESTAMP_LTZ_OUTPUT_FORMAT', value: '' },
  { name: 'TIMESTAMP_TZ_OUTPUT_FORMAT', value: '' },
  { name: 'DATE_OUTPUT_FORMAT', value: 'YYYY-MM-DD' },
  { name: 'TIME_OUTPUT_FORMAT', value: 'HH24:MI:SS' },
  { name: 'BINARY_OUTPUT_FORMAT', value: 'HEX' },
  { name: 'CLIENT_RESULT_CHUNK_SIZE', value: 48 },
];

/**
 * With a login (driver protocol, section 2.3). The same for every session: one driver keeps them for all of
 * its process. The threshold keeps drivers from staging binds, past the gate, in cloud storage (section 4.2).
 */
export const sessionParameters: readonly Parameter[] = [
  ...formatParameters,
  { name: 'AUTOCOMMIT', value: true },
  { name: 'CLIENT_STAGE_ARRAY_BINDING_THRESHOLD', value: 2_147_483_647 },
  { name: 'CLIENT_PREFETCH_THREADS', value: 4 },
  { name: 'CLIENT_MEMORY_LIMIT', value: 1536 },
  { name: 'CLIENT_SESSION_KEEP_ALIVE', value: false },
  { name: 'CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY', value: 3600 },
  { name: 'CLIENT_TELEMETRY_ENABLED', value: false },
  { name: 'CLIENT_METADATA_REQUEST_USE_CONNECTION_CTX', value: false },
  { name: 'QUERY_CONTEXT_CACHE_SIZE', value: 5 },
  { name: 'JDBC_QUERY_RESULT_FORMAT', value: 'JSON' },
  { name: 'PYTHON_CONNECTOR_QUERY_RESULT_FORMAT', value: 'JSON' },
  { name: 'GO_QUERY_RESULT_FORMAT', value: 'JSON' },
  { name: 'JDBC_TREAT_DECIMAL_AS_INT', value: true },
  { name: 'JDBC_ENABLE_PUT_GET', value: false },
  { name: 'SERVICE_NAME', value: '' },
];
