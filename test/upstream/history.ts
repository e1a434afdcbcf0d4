import { type Script, selected, STATEMENT_TYPES } from './answers.ts';
import type { Cell, Column } from './columns.ts';
import type { Statement } from './statements.ts';

/** Answers QUERY_HISTORY_BY_USER of some tags, and SYSTEM$CANCEL_QUERY, of the asking user's statements alone. */
export function historyScript(all: () => ReadonlyMap<string, Statement>): Script {
  const own = (user: string) => [...all().values()].filter(({ session }) => session.user.name === user);
  return ({ sql, binds, session }) => {
    const values = Object.values(binds).map(({ value }) => value);
    if (/SELECT SYSTEM\$CANCEL_QUERY\(\?\)/.test(sql)) {
      const found = own(session.user.name).find(({ queryId }) => queryId === values[0]);
      found?.abort();
      return selected([text('ANSWER')], [[`query [${String(values[0])}] terminated.`]]);
    }
    const list = /^SELECT (.+?) FROM TABLE\("\w+"\.INFORMATION_SCHEMA\.QUERY_HISTORY_BY_USER\(/.exec(
      sql,
    )?.[1];
    if (list === undefined) return undefined;
    const names = list.split(', ');
    const rows = own(session.user.name)
      .filter(({ asked }) => values.includes(String(asked.parameters['QUERY_TAG'])))
      .map(rowOf);
    return selected(
      names.map(text),
      rows.map((row) => names.map((name) => row[name] ?? null)),
    );
  };
}

function rowOf({ queryId, asked, answer }: Statement): Readonly<Record<string, Cell>> {
  const failure = answer !== null && 'failure' in answer ? answer.failure : null;
  return {
    QUERY_ID: queryId,
    QUERY_TAG: String(asked.parameters['QUERY_TAG']),
    QUERY_TYPE: typeOf(asked.sql),
    EXECUTION_STATUS: answer === null ? 'RUNNING' : failure === null ? 'SUCCESS' : 'FAILED_WITH_ERROR',
    ERROR_CODE: failure === null ? null : String(Number(failure.code)),
  };
}

function typeOf(sql: string): string {
  const word = /^\s*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? '';
  return word === 'BEGIN' ? 'BEGIN_TRANSACTION' : word;
}

/** What EXPLAIN USING JSON says of any statement. */
export function explainScript(global: {
  readonly partitionsTotal: number;
  readonly partitionsAssigned: number;
  readonly bytesAssigned: number;
}): Script {
  return ({ sql }) =>
    sql.startsWith('EXPLAIN USING JSON ')
      ? selected([text('content')], [[JSON.stringify({ GlobalStats: global, Operations: [] })]], {
          statementTypeId: STATEMENT_TYPES.select,
        })
      : undefined;
}

function text(name: string): Column {
  return { name, type: 'text' };
}
