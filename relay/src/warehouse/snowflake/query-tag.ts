import type { ResultEncoding } from '../result.ts';
import type { SessionParameters } from '../session-state.ts';

/**
 * What goes with every text that is sent: it is one statement, it says whose it is, and how its rows are to be written. To
 * the account the relay is the Go driver, whose rows come as Arrow where nobody says otherwise.
 */
export function statementParameters(tag: string, encoding: ResultEncoding = 'json'): SessionParameters {
  return { QUERY_TAG: tag, MULTI_STATEMENT_COUNT: 1, GO_QUERY_RESULT_FORMAT: encoding.toUpperCase() };
}

/**
 * Joins Snowflake's own history with the record: QUERY_HISTORY shows it in QUERY_TAG. Ids of ours alone; nothing that
 * a client or a person has written.
 */
export function queryTag(ids: { readonly session: string; readonly statement?: string }): string {
  return JSON.stringify({ sluice: ids });
}
