import type { Session } from '../../session/index.ts';
import type { ResultEncoding } from '../../warehouse/index.ts';
import { type ParameterName, parameterOf } from '../../warehouse/session-parameters.ts';

type FormatParameter = Extract<ParameterName, `${string}_QUERY_RESULT_FORMAT`>;

/**
 * By which parameter a client says how it would have results (driver protocol, section 8), by the name that it signs in
 * with. Programs on a driver sign in with names of their own. The Node driver reads no Arrow, and of others nothing is known.
 */
const PARAMETERS: ReadonlyMap<string, FormatParameter> = new Map<string, FormatParameter>([
  ['PythonConnector', 'PYTHON_CONNECTOR_QUERY_RESULT_FORMAT'],
  ['PythonSnowpark', 'PYTHON_CONNECTOR_QUERY_RESULT_FORMAT'],
  ['SnowflakeSQLAlchemy', 'PYTHON_CONNECTOR_QUERY_RESULT_FORMAT'],
  ['SNOWFLAKE_CLI', 'PYTHON_CONNECTOR_QUERY_RESULT_FORMAT'],
  ['SnowSQL', 'PYTHON_CONNECTOR_QUERY_RESULT_FORMAT'],
  ['JDBC', 'JDBC_QUERY_RESULT_FORMAT'],
  ['Go', 'GO_QUERY_RESULT_FORMAT'],
  ['ODBC', 'ODBC_QUERY_RESULT_FORMAT'],
]);

/**
 * What a client reads best: what it says of the statement, or else of its session. Anything but Arrow, by that name, is
 * JSON, which every client reads.
 *
 * @param asked parameters of the statement, which go before those of the session.
 */
export function encodingOf(
  { client, parameters }: Pick<Session, 'client' | 'parameters'>,
  asked: Readonly<Record<string, unknown>>,
): ResultEncoding {
  const name = PARAMETERS.get(client.application);
  if (name === undefined) return 'json';
  const format = asked[name] ?? parameterOf(parameters, name);
  return typeof format === 'string' && /^ARROW(?:_FORCE)?$/i.test(format) ? 'arrow' : 'json';
}
