import type { ApprovalRequest } from '../approval/index.ts';
import { formatColumn, type VariableOrigin } from '@sluice/snowflake-sql';

/**
 * The session's variables that a text names, for those who decide on it: the same text means something else under
 * others. One that a variable's own text names (`EXECUTE IMMEDIATE $x`) is among them, and so is one in a comment:
 * rather too many than too few.
 *
 * @param mayBeShown - false where a value may be one of a sensitive column.
 */
export function variablesNamed(
  sql: string,
  variables: ReadonlyMap<string, VariableOrigin>,
  mayBeShown: boolean,
): ApprovalRequest['variables'] {
  const found = new Map<string, VariableOrigin>();
  const texts = [sql];
  for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
    for (const [, name = ''] of text.matchAll(/\$([\w$]+)/g)) {
      const origin = variables.get(name.toUpperCase());
      if (origin === undefined || found.has(name.toUpperCase())) continue;
      found.set(name.toUpperCase(), origin);
      if (origin.literal !== undefined) texts.push(origin.literal);
    }
  }
  return [...found].map(([name, { literal = null, sources }]) => ({
    name,
    value: mayBeShown ? literal : null,
    from: [...new Set(sources.map(({ column }) => formatColumn(column)))],
  }));
}
