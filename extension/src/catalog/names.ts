/** Names as Snowflake stores them, as a statement writes them: quoted where they need to be. */
export function namesOf(parts: readonly string[]): string {
  return parts
    .map((part) => (/^[A-Z_][A-Z0-9_$]*$/.test(part) ? part : `"${part.replaceAll('"', '""')}"`))
    .join('.');
}

/** The parts of a name as a statement writes it, as Snowflake stores them; null where it is no name. */
export function partsOf(name: string): readonly string[] | null {
  const parts: string[] = [];
  const part = /\s*(?:"((?:[^"]|"")+)"|([A-Za-z_][\w$]*))\s*(\.|$)/y;
  for (;;) {
    const found = part.exec(name);
    if (found === null) return null;
    const [, quoted, plain, end] = found;
    parts.push(quoted === undefined ? plain!.toUpperCase() : quoted.replaceAll('""', '"'));
    if (end === '') return parts.length <= 3 ? parts : null;
  }
}
