import { type StatementKind, kindNamed } from './kinds.ts';
import type { Statement } from './tree/statements.ts';

/** What kind of statement a tree is. */
export function kindOf(statement: Statement): StatementKind {
  return kindNamed(nameOf(statement));
}

function nameOf(statement: Statement): Parameters<typeof kindNamed>[0] {
  switch (statement.kind) {
    case 'query':
      return 'select';
    default:
      return 'unknown';
  }
}
