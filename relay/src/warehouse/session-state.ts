/** Stored names, or null for none. */
export interface SessionState {
  readonly database: string | null;
  readonly schema: string | null;
  readonly warehouse: string | null;
  readonly role: string | null;
}

/** Which warehouse it is that statements are planned for: a plan is for one, and runs on no other. */
export type Planner = 'embedded' | 'snowflake';

/** What of a session stands in what runs, as of one moment. Plain data. */
export interface SessionSurroundings {
  readonly planner: Planner;
  readonly state: SessionState;
  readonly answers: SessionAnswers;
}

/** What of a session stands in a statement's text without being written there. */
export interface SessionAnswers {
  /** The session's temporary tables, by their full names. */
  readonly temporary: ReadonlySet<string>;
  /** Names of variables that are set. */
  readonly variables: ReadonlySet<string>;
  /** The answers of CURRENT_DATABASE() and its kin. */
  readonly session: Readonly<Record<string, string | null>>;
  readonly parameters: SessionParameters;
  /** Ids of the session's statements, newest last: what LAST_QUERY_ID(n) answers. */
  readonly queryIds: readonly string[];
}

/** Session parameters that are set, by name; of one that is not here, its default holds. */
export type SessionParameters = Readonly<Record<string, ParameterValue>>;

export type ParameterValue = string | number | boolean;
