import { unsupported } from '../errors.ts';

/**
 * The steps of a path that is written as a text, as GET_PATH and FLATTEN take it: `a.b[0]."c d"['e']`. Only names and
 * places that stand there as such.
 */
export function parseSteps(path: string): readonly (string | number)[] {
  const steps: (string | number)[] = [];
  const pattern =
    /(?:^|\.)(?:([A-Za-z_][A-Za-z0-9_$]*)|"((?:[^"]|"")*)")|\[(\d{1,9})\]|\['((?:[^']|'')*)'\]/y;
  while (pattern.lastIndex < path.length) {
    const match = pattern.exec(path);
    if (match === null) throw unsupported('a path of this form');
    const [, name, quoted, place, key] = match;
    if (place !== undefined) steps.push(Number(place));
    else steps.push(name ?? quoted?.replaceAll('""', '"') ?? key!.replaceAll("''", "'"));
  }
  return steps;
}
