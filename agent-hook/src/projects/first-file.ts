import { type Looking, pathIn, type Scope } from '../looking.ts';

/** The text of the first of these files that there is: as the same command has written it, or as it lies there. */
export function firstFile(paths: readonly string[], { around }: Looking, scope: Scope): string | null {
  for (const path of paths) {
    const place = pathIn(scope, path);
    const written = scope.files.get(place);
    if (written !== undefined) return written;
    const read = around.read(place);
    if (read.outcome === 'text') return read.text;
  }
  return null;
}
