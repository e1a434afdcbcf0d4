import { parse, type Tree } from '../../../statement/index.ts';
import { unsupported } from '../errors.ts';
import { quoteName } from './quote.ts';
import type { TranslationContext } from './translate.ts';

/** Where the views that answer for INFORMATION_SCHEMA are: DuckDB has a schema of that name already. */
export const INFORMATION_SCHEMA = 'SLUICE_INFORMATION_SCHEMA';

/** An object's name as DuckDB has to be given it. */
export function renderName(name: Tree.Name, context: TranslationContext): string {
  return nameParts(name, context).map(quoteName).join('.');
}

/** The stored parts of a name as it is written: one to three. */
export function nameParts(name: Tree.Name, context: TranslationContext): readonly string[] {
  const { parts, publicSchema } = name.kind === 'qualified_name' ? name : staticName(name);
  const names = parts.map((part) => part.name);
  if (publicSchema && names.length === 2) names.splice(1, 0, 'PUBLIC');
  if (names.at(-2) === 'INFORMATION_SCHEMA') {
    return [names.at(-3) ?? context.database ?? '', INFORMATION_SCHEMA, names.at(-1)!];
  }
  return names;
}

/** `IDENTIFIER('db.t')` means the name in its text. */
function staticName({ argument }: Tree.DynamicName): Tree.QualifiedName {
  if (argument.kind === 'string') {
    const parsed = parse(`SELECT 1 FROM ${argument.value}`);
    const body = parsed.outcome === 'parsed' && parsed.statement.kind === 'query' && parsed.statement.body;
    const relation = body && body.kind === 'select' ? body.from[0]?.relation : undefined;
    if (relation?.kind === 'table' && relation.name.kind === 'qualified_name') return relation.name;
  }
  throw unsupported('names that a variable gives');
}
