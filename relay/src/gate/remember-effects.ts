import type { Understood } from '../statement/index.ts';
import type { SessionRoom } from './session-rooms.ts';
import type { StatementRequest } from './statement-request.ts';

/** Results that RESULT_SCAN can still name; older ones become unresolved, which is masked or refused. */
const RESULTS_REMEMBERED = 1_000;

/** What later statements of the session mean can depend on this one: its outputs, and variables it set. */
export function rememberEffects(request: StatementRequest, meaning: Understood, room: SessionRoom): void {
  room.results.set(request.queryId, { outputs: meaning.outputs });
  const [oldest] = room.results.keys();
  if (room.results.size > RESULTS_REMEMBERED && oldest !== undefined) room.results.delete(oldest);

  const understood = [meaning, ...meaning.inner].filter((part) => part.understood);
  for (const effect of understood.flatMap(({ sessionEffects }) => sessionEffects)) {
    if (effect.type === 'set_variable') room.variables.set(effect.name, effect);
    if (effect.type === 'unset_variable') room.variables.delete(effect.name);
  }
}
