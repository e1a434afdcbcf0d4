import type { StatementOutcome } from '../gate.ts';

/** Where a script goes on after a statement. */
export type Flow =
  | { readonly next: 'statement' }
  /** Of the loop with that label; null for the innermost. */
  | { readonly next: 'break' | 'continue'; readonly label: string | null }
  | { readonly next: 'return'; readonly outcome: StatementOutcome };

export const ON: Flow = { next: 'statement' };

/** What a loop does after its body: goes round again, or ends with a flow of its own. */
export function afterBody(flow: Flow, label: string | null): Flow | 'again' {
  if (flow.next === 'statement') return 'again';
  if (flow.next === 'return' || (flow.label !== null && flow.label !== label)) return flow;
  return flow.next === 'continue' ? 'again' : ON;
}
