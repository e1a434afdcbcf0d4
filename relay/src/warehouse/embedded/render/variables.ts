import { encodeName } from './quote.ts';

/** A secret of the connection. No statement can name it: variables of a session begin otherwise. */
export const SALT = '~salt';

/** What DuckDB knows a session's variable by. */
export function variableName(name: string): string {
  return `v ${encodeName(name)}`;
}
