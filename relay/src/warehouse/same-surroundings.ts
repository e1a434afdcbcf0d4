import { isDeepStrictEqual } from 'node:util';
import { SluiceError } from '../errors.ts';
import { meaningOf } from './session-parameters.ts';
import type { SessionSurroundings } from './session-state.ts';

/**
 * A statement may have been decided on before another one, which ran meanwhile, changed what its names mean. Throws
 * `session_changed` then.
 */
export function checkSurroundings(decidedUnder: SessionSurroundings, now: SessionSurroundings): void {
  const isSameState = (['database', 'schema', 'warehouse', 'role'] as const).every(
    (name) => decidedUnder.state[name] === now.state[name],
  );
  const { temporary, variables, parameters } = decidedUnder.answers;
  const isSame =
    isSameState &&
    areSame(temporary, now.answers.temporary) &&
    areSame(variables, now.answers.variables) &&
    // What a text means under one time zone or format, it does not mean under another.
    isDeepStrictEqual(meaningOf(parameters), meaningOf(now.answers.parameters));
  if (isSame) return;
  throw new SluiceError('session_changed', 'the session has changed since the statement was decided on', {
    advice: 'send it again, to be decided in the session as it is now',
  });
}

function areSame(names: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return names.size === others.size && names.isSubsetOf(others);
}
