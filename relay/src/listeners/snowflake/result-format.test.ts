import { describe, expect, it } from 'vitest';
import type { Session } from '../../session/index.ts';
import { encodingOf } from './result-format.ts';

function session(application: string, parameters: Session['parameters'] = {}) {
  const client = { application, version: '1', protocol: 'snowflake', address: '', agent: null } as const;
  return { client, parameters };
}

describe('how a client gets its results', () => {
  it.each([
    ['PythonConnector', 'arrow'],
    ['PythonSnowpark', 'arrow'],
    ['SnowflakeSQLAlchemy', 'arrow'],
    ['SNOWFLAKE_CLI', 'arrow'],
    ['JDBC', 'arrow'],
    ['Go', 'arrow'],
    ['ODBC', 'arrow'],
    ['JavaScript', 'json'],
    ['.NET', 'json'],
    ['somebody else', 'json'],
  ])('%s: %s', (application, encoding) => {
    expect(encodingOf(session(application), {})).toBe(encoding);
  });

  it.each([
    [{ JDBC_QUERY_RESULT_FORMAT: 'JSON' }, {}, 'json'],
    [{ JDBC_QUERY_RESULT_FORMAT: 'ARROW_FORCE' }, {}, 'arrow'],
    [{ GO_QUERY_RESULT_FORMAT: 'JSON' }, {}, 'arrow'],
    [{}, { JDBC_QUERY_RESULT_FORMAT: 'json' }, 'json'],
    [{}, { GO_QUERY_RESULT_FORMAT: 'JSON' }, 'arrow'],
    [{ JDBC_QUERY_RESULT_FORMAT: 'JSON' }, { JDBC_QUERY_RESULT_FORMAT: 'arrow' }, 'arrow'],
    // What is not known is read by everybody.
    [{}, { JDBC_QUERY_RESULT_FORMAT: 'PARQUET' }, 'json'],
    [{}, { JDBC_QUERY_RESULT_FORMAT: 'ARROW2' }, 'json'],
    [{}, { JDBC_QUERY_RESULT_FORMAT: 'NOARROW' }, 'json'],
    [{}, { JDBC_QUERY_RESULT_FORMAT: 7 }, 'json'],
  ])('of a session with %j and a statement with %j: %s', (parameters, asked, encoding) => {
    expect(encodingOf(session('JDBC', parameters), asked)).toBe(encoding);
  });
});
