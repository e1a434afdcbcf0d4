import { formatObjectName, type ObjectName, type StatementKind } from '@sluice/snowflake-sql';
import { covers } from './aspects.ts';
import type { DecisionContext } from './context.ts';
import type { Policy } from './policy.ts';
import { whoMatches } from './who.ts';

/** How values of somebody's own come to be in a table. */
const WAYS: readonly { readonly kind: StatementKind; readonly access: 'write' | 'create' }[] = [
  { kind: { family: 'dml', name: 'insert' }, access: 'write' },
  { kind: { family: 'dml', name: 'update' }, access: 'write' },
  { kind: { family: 'dml', name: 'merge' }, access: 'write' },
  { kind: { family: 'ddl', name: 'create_table' }, access: 'create' },
];

/**
 * The objects that a rule gives these people to write to, by name, without anybody being asked: what is in them may
 * be whatever they want to compare with.
 */
export function writesUnasked(policy: Policy, context: DecisionContext): (object: ObjectName) => boolean {
  const ways = policy.rules.flatMap(({ effect, who, what }) =>
    effect === 'allow' && what.objects !== undefined
      ? WAYS.filter((way) => whoMatches(who, policy, context, way)).map(({ access }) => ({ what, access }))
      : [],
  );
  const known = new Map<string, boolean>();
  const range = { start: 0, end: 0 };
  return (name) => {
    const key = formatObjectName(name);
    const isKnown = known.get(key);
    if (isKnown !== undefined) return isKnown;
    const isWritten = ways.some(({ what, access }) =>
      covers(what, { type: 'object', use: { type: 'table', name, access, range }, range }),
    );
    known.set(key, isWritten);
    return isWritten;
  };
}
