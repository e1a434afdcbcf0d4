import type { ParsedScript, StatementKind } from '@sluice/snowflake-sql';
import type { SessionTurns, Turn, TurnKind } from '../session-turns.ts';

/** One statement's turn in its session: from before it is decided on until the warehouse has taken it. */
export interface StatementTurn {
  /** Rejects with the signal's reason. */
  begin(signal: AbortSignal): Promise<void>;
  /** While people are asked, and when it is over. Once is enough; more does nothing. */
  end(): void;
}

export function createStatementTurn(turns: SessionTurns, script: ParsedScript | null): StatementTurn {
  let turn: Turn | null = null;
  return {
    async begin(signal) {
      turn = await turns.take(turnOf(script), signal);
    },
    end: () => turn?.end(),
  };
}

/**
 * Alone, if it may change what the session's later statements mean: its database, schema, role, variables,
 * temporary objects, transaction. What holds other statements may hold any; what does not parse does nothing.
 * A long text is not read for this, and goes alone.
 */
export function turnOf(script: ParsedScript | null): TurnKind {
  if (script === null) return 'alone';
  const { statements, failure } = script;
  return failure === null && statements.some(({ kind }) => changesSession(kind)) ? 'alone' : 'shared';
}

function changesSession({ family, name }: StatementKind): boolean {
  if (family === 'query' || family === 'dml') return false;
  return name !== 'show' && name !== 'describe' && name !== 'explain';
}
