import type { LookedAt } from '../finding.ts';
import { formOf } from '../form.ts';
import type { Edit } from './fix.ts';

/** What a program has to import for what it now calls. */
export function importsFor({ path, text }: LookedAt, edits: readonly Edit[]): readonly Edit[] {
  const added = edits.map((edit) => edit.text).join('\n');
  switch (formOf(path)) {
    case 'python': {
      if (!/\bos\.environ/.test(added) || /^\s*import\s[^\n]*\bos\b/m.test(text)) return [];
      const at = /^(?:import|from)\s(?!__future__)/m.exec(text)?.index ?? 0;
      return [{ start: at, end: at, text: 'import os\n' }];
    }
    case 'go': {
      if (!/\bos\.Getenv/.test(added) || /"os"/.test(text)) return [];
      const block = /^import\s*\(\s*?\n/m.exec(text);
      if (block !== null) {
        const at = block.index + block[0].length;
        return [{ start: at, end: at, text: '\t"os"\n' }];
      }
      const at = /^import\s/m.exec(text)?.index;
      return at === undefined ? [] : [{ start: at, end: at, text: 'import "os"\n' }];
    }
    default:
      return [];
  }
}
