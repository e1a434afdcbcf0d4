import { decodeRows } from '../../encoding/index.ts';
import type { Bind, Binds } from '../warehouse.ts';
import type { UpstreamSession } from './client/upstream.ts';
import { statementParameters } from './query-tag.ts';

/** A row by the names of its columns, in upper case; each value in Snowflake's JSON encoding. */
export type Row = Readonly<Record<string, string | null>>;

/**
 * Asks Snowflake for something on the relay's own behalf, in one session. What a client has written is never run so, and goes
 * only behind EXPLAIN.
 *
 * @param texts - binds that are texts, in order; or binds of a client's.
 */
export type Ask = (sql: string, texts?: readonly string[] | Binds) => Promise<readonly Row[]>;

/**
 * @param tag - what Snowflake's own history shows of it.
 * @param newId - a new UUID.
 */
export function askOf(
  inSession: <T>(work: (session: UpstreamSession) => Promise<T>) => Promise<T>,
  tag: () => string,
  newId: () => string,
  signal: () => AbortSignal,
): Ask {
  return async (sql, texts = []) => {
    const binds = isTexts(texts) ? bindsOf(texts) : texts;
    const parameters = statementParameters(tag());
    const answer = await inSession((session) =>
      session.query(
        { sql, binds, describeOnly: false, requestId: newId(), changes: false, parameters },
        signal(),
      ),
    );
    const parts = [
      ...(answer.first === null ? [] : [await answer.first.open()]),
      ...(await Promise.all(answer.kept.map(async (chunk) => (await chunk.open(signal())).bytes()))),
    ];
    const names = answer.columns.map(({ name }) => name.toUpperCase());
    const rows = await Promise.all(parts.map((bytes) => decodeRows(answer.encoding, bytes)));
    return rows
      .flat()
      .map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index] ?? null])));
  };
}

function isTexts(binds: readonly string[] | Binds): binds is readonly string[] {
  return Array.isArray(binds);
}

function bindsOf(texts: readonly string[]): Binds {
  return Object.fromEntries(
    texts.map((value, index): [string, Bind] => [String(index + 1), { type: 'TEXT', value }]),
  );
}
