import { formatObjectName } from '@sluice/snowflake-sql';
import { impliedTransactions } from '../implied-transactions.ts';
import type { ImpliedTransaction } from '../result.ts';
import { afterChange, changesAutocommit, parameterOf } from '../session-parameters.ts';
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
      if (changesAutocommit(parts.parameters, effect)) parts.isInTransaction = false;
      parts.parameters = afterChange(parts.parameters, effect);
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
    case 'transfer':
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
      return impliedTransactions.byFirstChange;
    case 'ddl':
      return isInTransaction ? impliedTransactions.byDdl : null;
    case 'parameters':
      return isInTransaction && changesAutocommit(parameters, effect)
        ? impliedTransactions.byAutocommit
        : null;
    default:
      return null;
  }
}
