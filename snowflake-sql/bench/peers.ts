import { init as initSqlparser, parse as sqlparserParse } from '@guanmingchiu/sqlparser-ts';
import { Dialect, init as initPolyglot, parse as polyglotParse } from '@polyglot-sql/sdk';
import nodeSqlParser from 'node-sql-parser';

/** Another library that parses Snowflake's SQL: a second opinion for tests, and speed to beat. */
export interface Peer {
  /** Whether it takes the text for SQL; some throw where they do not. What it reads only as a text counts. */
  readonly parse: (sql: string) => boolean;
  /** The same, of what it reads. */
  readonly reads: (sql: string) => boolean;
}

export const PEER_NAMES = ['polyglot', 'sqlparserTs', 'nodeSqlParser'] as const;
export type PeerName = (typeof PEER_NAMES)[number];

export async function loadPeers(): Promise<Readonly<Record<PeerName, Peer>>> {
  await initSqlparser();
  await initPolyglot();
  const parser = new nodeSqlParser.Parser();
  const sqlparser = (sql: string) => Boolean(sqlparserParse(sql, 'snowflake'));
  const nodeSql = (sql: string) => Boolean(parser.astify(sql, { database: 'snowflake' }));
  return {
    polyglot: {
      parse: (sql) => polyglotParse(sql, Dialect.Snowflake).success,
      // Its `command` nodes hold the text unread.
      reads: (sql) => {
        const { success, ast } = polyglotParse(sql, Dialect.Snowflake);
        return success && !JSON.stringify(ast).includes('"command"');
      },
    },
    sqlparserTs: { parse: sqlparser, reads: sqlparser },
    nodeSqlParser: { parse: nodeSql, reads: nodeSql },
  };
}

/** Whether a peer takes, or reads, a text: what it throws on it does not. */
export function accepts(run: (sql: string) => boolean, sql: string): boolean {
  try {
    return run(sql);
  } catch {
    return false;
  }
}
