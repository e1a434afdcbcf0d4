import { formatObjectName } from '@sluice/snowflake-sql';
import type { ImpliedTransaction } from '../result.ts';
import { parameterOf } from '../session-parameters.ts';
import type { Effect } from './plan.ts';
import type { SessionParts } from './session-parts.ts';

/** What a statement that has run leaves in its session. Its database, schema, warehouse and role Snowflake tells. */
export function followEffect(parts: SessionParts, effect: Effect): void {
  switch (effect.kind) {
    case 'set':
      for (const name of effect.names) parts.variables.add(name);
      return;
    case 'unset':
      for (const name of effect.names) parts.variables.delete(name);
      return;
    case 'parameters': {
      const kept = Object.entries(parts.parameters).filter(([name]) => !effect.unset.includes(name));
      if (changesAutocommit(parts, effect)) parts.isInTransaction = false;
      parts.parameters = { ...Object.fromEntries(kept), ...effect.set };
      return;
    }
    case 'transaction':
      parts.isInTransaction = effect.action === 'begin';
      return;
    case 'ddl': {
      parts.isInTransaction = false;
      const { temporary } = effect;
      if (temporary?.is === 'made') parts.temporary.add(formatObjectName(temporary.object));
      if (temporary?.is === 'dropped') parts.temporary.delete(formatObjectName(temporary.object));
      return;
    }
    case 'change':
      if (!parameterOf(parts.parameters, 'AUTOCOMMIT')) parts.isInTransaction = true;
      return;
    case 'query':
    case 'listing':
    case 'final':
    case 'use':
      return;
    default:
      effect satisfies never;
  }
}

/** What Snowflake does to the session's transaction without a statement that says so (its documentation: Transactions). */
export function impliedTransaction(parts: SessionParts, effect: Effect): ImpliedTransaction | null {
  const { isInTransaction, parameters } = parts;
  switch (effect.kind) {
    case 'change':
      if (isInTransaction || parameterOf(parameters, 'AUTOCOMMIT')) return null;
      return { became: 'begun', because: 'it is the first change with AUTOCOMMIT off' };
    case 'ddl':
      return isInTransaction
        ? { became: 'committed', because: 'DDL commits the transaction that is open' }
        : null;
    case 'parameters':
      return isInTransaction && changesAutocommit(parts, effect)
        ? { became: 'committed', because: 'AUTOCOMMIT was changed' }
        : null;
    default:
      return null;
  }
}

function changesAutocommit(
  { parameters }: Pick<SessionParts, 'parameters'>,
  { set, unset }: Extract<Effect, { kind: 'parameters' }>,
): boolean {
  const after = unset.includes('AUTOCOMMIT') ? {} : { ...parameters, ...set };
  return parameterOf(after, 'AUTOCOMMIT') !== parameterOf(parameters, 'AUTOCOMMIT');
}
