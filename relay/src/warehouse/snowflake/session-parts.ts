import type { SessionParameters, SessionState, SessionSurroundings } from '../session-state.ts';
import type { UpstreamSession } from './client/upstream.ts';

/** What the relay knows of one session with Snowflake, which stands for one client's. */
export interface SessionParts {
  upstream: UpstreamSession;
  /** Stored names, as Snowflake last told them. */
  state: SessionState;
  /** Names of variables that are set. */
  readonly variables: Set<string>;
  /** Full names of its temporary tables and views. */
  readonly temporary: Set<string>;
  /** Those that are set. */
  parameters: SessionParameters;
  isInTransaction: boolean;
  /** Why nothing more runs in it; null while something may. */
  lost: string | null;
}

/** What a statement is planned under. */
export function surroundingsOf({
  state,
  variables,
  temporary,
  parameters,
}: Pick<SessionParts, 'state' | 'variables' | 'temporary' | 'parameters'>): SessionSurroundings {
  return {
    planner: 'snowflake',
    state,
    answers: {
      temporary: new Set(temporary),
      variables: new Set(variables),
      parameters,
      // Snowflake answers these itself.
      session: {},
      queryIds: [],
    },
  };
}

/** Whether another session, signed in as this one was, would do as well. */
export function isLikeNew({ variables, temporary, isInTransaction }: SessionParts): boolean {
  return variables.size === 0 && temporary.size === 0 && !isInTransaction;
}
