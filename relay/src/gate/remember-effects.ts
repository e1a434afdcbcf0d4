import type { SessionEffect, Understood } from '@sluice/snowflake-sql';
import type { SessionRoom } from './session-rooms.ts';
import type { StatementRequest } from './statement-request.ts';

/** Results that RESULT_SCAN can still name; older ones become unresolved, which is masked or refused. */
const RESULTS_REMEMBERED = 1_000;

/** What later statements of the session mean can depend on this one: its outputs, and variables it set. */
export function rememberEffects(
  request: StatementRequest,
  meaning: Understood,
  room: SessionRoom,
  variables: ReadonlySet<string>,
): void {
  room.results.set(request.queryId, { outputs: meaning.outputs });
  const [oldest] = room.results.keys();
  if (room.results.size > RESULTS_REMEMBERED && oldest !== undefined) room.results.delete(oldest);

  for (const effect of effectsOf(meaning)) {
    if (effect.type === 'set_variable') {
      const { sources, literal } = effect;
      const origin = { sources, setBy: request.queryId };
      room.variables.set(effect.name, literal === undefined ? origin : { ...origin, literal });
    }
    if (effect.type === 'unset_variable') room.variables.delete(effect.name);
  }
  forgetUnset(room, variables);
}

/**
 * After a failure nobody can tell which of a statement's variables hold the old value and which the new one:
 * what they are made of is not known, and a later use of them is not let through.
 */
export function forgetEffects(meaning: Understood, room: SessionRoom, variables: ReadonlySet<string>): void {
  for (const effect of effectsOf(meaning))
    if (effect.type === 'set_variable') room.variables.delete(effect.name);
  forgetUnset(room, variables);
}

/** What is set is what the warehouse says is set. */
function forgetUnset(room: SessionRoom, variables: ReadonlySet<string>): void {
  for (const name of room.variables.keys()) if (!variables.has(name)) room.variables.delete(name);
}

function effectsOf(meaning: Understood): readonly SessionEffect[] {
  return [meaning, ...meaning.inner].flatMap((part) => (part.understood ? part.sessionEffects : []));
}
