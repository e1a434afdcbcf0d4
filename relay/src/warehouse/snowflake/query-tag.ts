import type { SessionParameters } from '../session-state.ts';

/** What goes with every text that is sent: it is one statement, its rows come as JSON, and it says whose it is. */
export function statementParameters(tag: string): SessionParameters {
  return { QUERY_TAG: tag, MULTI_STATEMENT_COUNT: 1, GO_QUERY_RESULT_FORMAT: 'JSON' };
}

/**
 * Joins Snowflake's own history with the record: QUERY_HISTORY shows it in QUERY_TAG. Ids of ours alone; nothing that
 * a client or a person has written.
 */
export function queryTag(ids: { readonly session: string; readonly statement?: string }): string {
  return JSON.stringify({ sluice: ids });
}
