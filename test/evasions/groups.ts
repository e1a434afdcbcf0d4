import type { Attempt } from './attempt.ts';
import { byValues } from './by-values.ts';
import { dynamic, lexing, otherDialects } from './dynamic.ts';
import { aggregates, expressions } from './expressions.ts';
import { keys } from './keys.ts';
import { exports_, laundering } from './laundering.ts';
import { naming, setOperations, stars } from './naming.ts';
import { predicates } from './predicates.ts';
import { failing, rows } from './rows-and-failing.ts';
import { scopes } from './scopes.ts';
import { semiStructured } from './semi-structured.ts';
import { sessionState } from './session-state.ts';
import { guesses, masks } from './tokens.ts';

/** Every attempt, by what it tries. */
export const groups: Record<string, readonly Attempt[]> = {
  naming,
  stars,
  setOperations,
  expressions,
  aggregates,
  predicates,
  semiStructured,
  laundering,
  exports_,
  dynamic,
  lexing,
  otherDialects,
  scopes,
  rows,
  byValues,
  failing,
  masks,
  guesses,
  sessionState,
  keys,
};
