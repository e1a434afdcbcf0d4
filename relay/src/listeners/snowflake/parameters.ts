import {
  type ParameterName,
  parameterOf,
  PARAMETERS,
  type ParameterValue,
  type SessionParameters,
} from '../../warehouse/session-parameters.ts';

export interface Parameter {
  readonly name: string;
  /** Drivers cast by JSON type: booleans and integers are not strings. */
  readonly value: ParameterValue;
}

/**
 * How cells are to be shown, and whether changes are committed by themselves; with every result, because drivers read
 * it there (driver protocol, rule 10: one driver dies on a binary column without BINARY_OUTPUT_FORMAT).
 */
const WITH_EVERY_RESULT: readonly ParameterName[] = [
  'TIMEZONE',
  'TIMESTAMP_OUTPUT_FORMAT',
  'TIMESTAMP_NTZ_OUTPUT_FORMAT',
  'TIMESTAMP_LTZ_OUTPUT_FORMAT',
  'TIMESTAMP_TZ_OUTPUT_FORMAT',
  'DATE_OUTPUT_FORMAT',
  'TIME_OUTPUT_FORMAT',
  'BINARY_OUTPUT_FORMAT',
  'CLIENT_RESULT_CHUNK_SIZE',
  'AUTOCOMMIT',
];

/** From how many on drivers stage binds in cloud storage, past the gate (section 4.2): none do, whatever the session has set. */
const STAGED_BINDS = 'CLIENT_STAGE_ARRAY_BINDING_THRESHOLD' satisfies ParameterName;

/** With a login (driver protocol, section 2.3). One driver keeps them for all of its process. */
const WITH_LOGIN: readonly ParameterName[] = [
  ...WITH_EVERY_RESULT,
  STAGED_BINDS,
  'CLIENT_PREFETCH_THREADS',
  'CLIENT_MEMORY_LIMIT',
  'CLIENT_SESSION_KEEP_ALIVE',
  'CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY',
  'CLIENT_TELEMETRY_ENABLED',
  'CLIENT_METADATA_REQUEST_USE_CONNECTION_CTX',
  'JDBC_QUERY_RESULT_FORMAT',
  'PYTHON_CONNECTOR_QUERY_RESULT_FORMAT',
  'GO_QUERY_RESULT_FORMAT',
  'JDBC_TREAT_DECIMAL_AS_INT',
  'JDBC_ENABLE_PUT_GET',
];

/** @param set - the session's, after the statement. What is set goes with it, too: drivers follow some of their own. */
export function resultParameters(set: SessionParameters): readonly Parameter[] {
  return parameters(WITH_EVERY_RESULT, set);
}

export function loginParameters(set: SessionParameters): readonly Parameter[] {
  return [
    ...parameters(WITH_LOGIN, set),
    { name: 'QUERY_CONTEXT_CACHE_SIZE', value: 5 },
    { name: 'SERVICE_NAME', value: '' },
  ];
}

function parameters(names: readonly ParameterName[], set: SessionParameters): readonly Parameter[] {
  const others = Object.keys(set).filter((name): name is ParameterName => Object.hasOwn(PARAMETERS, name));
  return [...new Set([...names, ...others])].map((name) => ({
    name,
    value: parameterOf(name === STAGED_BINDS ? {} : set, name),
  }));
}
