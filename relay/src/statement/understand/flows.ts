import type { SourceRange } from '../source-range.ts';
import type { FlowTarget } from '../understanding.ts';
import type { Origin } from './origin.ts';
import { placeOf, type Walk } from './walk.ts';

/** Notes that a value is written elsewhere, and what it is made of goes with it. */
export function noteFlow(walk: Walk, { sources, unresolved }: Origin, to: FlowTarget, at: SourceRange): void {
  const range = placeOf(walk, at);
  for (const from of sources) {
    // A value that stays where it is flows nowhere.
    const stays = to.type === 'column' && from.how === 'direct' && sameColumn(from.column, to.column);
    if (!stays) walk.found.flows.push({ from, to, range });
  }
  if (unresolved !== null) walk.found.flows.push({ from: unresolved, to, range });
}

function sameColumn(a: Extract<FlowTarget, { type: 'column' }>['column'], b: typeof a): boolean {
  return (
    a.column === b.column &&
    a.object.name === b.object.name &&
    a.object.schema === b.object.schema &&
    a.object.database === b.object.database
  );
}
