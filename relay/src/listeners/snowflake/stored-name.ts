/** A name as Snowflake stores it: upper-case, unless it is quoted. Null for none. */
export function storedName(name: string | undefined): string | null {
  if (name === undefined || name === '') return null;
  const quoted = /^"((?:[^"]|"")+)"$/.exec(name)?.[1];
  return quoted === undefined ? name.toUpperCase() : quoted.replaceAll('""', '"');
}
