/** A name as Snowflake stores it: upper-case, unless it is quoted. Null for none. */
export function storedName(name: string | undefined): string | null {
  if (name === undefined || name === '') return null;
  const inner = name.startsWith('"') && name.endsWith('"') ? name.slice(1, -1) : '';
  const isQuoted = inner !== '' && !inner.replaceAll('""', '').includes('"');
  return isQuoted ? inner.replaceAll('""', '"') : name.toUpperCase();
}
