import type { EventBody, SessionEvent } from '@sluice/contract';
import type { SessionId } from '../../session/index.ts';

/** A statement whose end is not on the record. Derived from events; verification never reads it. */
export interface OpenStatement {
  readonly statement: string;
  readonly session: SessionId;
  /** The relay that has it; another id with each start. */
  readonly relay: string;
  /** Whether it has reached the warehouse, or may have. */
  readonly executed: boolean;
}

export interface OpenStatementsReader {
  all(): Promise<readonly OpenStatement[]>;
  /** Null for one that has ended, or has not begun. */
  find(statement: string): Promise<OpenStatement | null>;
}

export interface OpenStatementsStore extends OpenStatementsReader {
  add(statements: readonly OpenStatement[]): Promise<void>;
  /** Those of them that are open, and which relay has them. */
  executed(statements: readonly string[], relay: string): Promise<void>;
  remove(statements: readonly string[]): Promise<void>;
  /** Another relay goes on with it. */
  move(statement: string, relay: string): Promise<void>;
}

/** Keeps up with what one commit records. What begins and ends in it is never written. */
export async function followStatements(
  store: OpenStatementsStore,
  events: readonly { readonly event: SessionEvent }[],
  relay: string,
): Promise<void> {
  const begun = new Map<string, OpenStatement>();
  const executed: string[] = [];
  const ended: string[] = [];
  for (const { event } of events) {
    const { body, session } = event;
    if (!('statement' in body) || body.statement === null) continue;
    const { statement } = body;
    if (body.type === 'statement') {
      begun.set(statement, { statement, session: session as SessionId, relay, executed: false });
    } else if (body.type === 'executed') {
      const own = begun.get(statement);
      if (own === undefined) executed.push(statement);
      else begun.set(statement, { ...own, executed: true });
    } else if (ENDS.has(body.type) && !begun.delete(statement)) ended.push(statement);
  }
  if (begun.size > 0) await store.add([...begun.values()]);
  if (executed.length > 0) await store.executed(executed, relay);
  if (ended.length > 0) await store.remove(ended);
}

/** The types of events that end a statement. */
export const ENDS: ReadonlySet<string> = new Set<EventBody['type']>([
  'result',
  'blocked',
  'error',
  'cancelled',
]);

/** What is put on the record of a statement that ended with its relay, in the place of the end that nobody saw. */
export function endNobodySaw({
  statement,
  executed,
}: Pick<OpenStatement, 'statement' | 'executed'>): Extract<EventBody, { type: 'cancelled' | 'error' }> {
  if (!executed) return { type: 'cancelled', statement, by: 'its relay ended before it was run' };
  return {
    type: 'error',
    statement,
    code: 'statement_outcome_unknown',
    message: 'its relay ended while it ran: what became of it is not known',
  };
}
