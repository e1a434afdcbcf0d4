/** A stored name as DuckDB has to be given it. */
export function quoteName(name: string): string {
  return quoteEncoded(encodeName(name));
}

/** A name as DuckDB itself tells it. */
export function quoteEncoded(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * DuckDB takes names without regard to case, and makes `A_1` of a second column `A`: two names of Snowflake's
 * could become one, and a query show another column than was understood. A name that this could happen to
 * carries its own exact spelling behind a `~`.
 */
export function encodeName(name: string): string {
  return isPlain(name) ? name : `${name}~${Buffer.from(name).toString('hex')}`;
}

/** The name again, from what DuckDB knows it by. */
export function decodeName(encoded: string): string {
  const hex = /~((?:[0-9a-f]{2})+)$/.exec(encoded)?.[1];
  return hex === undefined ? encoded : Buffer.from(hex, 'hex').toString();
}

/** The same in DuckDB's SQL: for listings of what there is. */
export function decodeNameSql(column: string): string {
  return `CASE WHEN regexp_matches(${column}, '~([0-9a-f]{2})+$') THEN decode(unhex(regexp_extract(${column}, '~([0-9a-f]+)$', 1))) ELSE ${column} END`;
}

function isPlain(name: string): boolean {
  return name === name.toUpperCase() && !/~|_\d+$|[^ -~]/.test(name);
}
