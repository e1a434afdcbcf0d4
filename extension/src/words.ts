import { SQL_WORDS } from './sql/words.ts';
import { FINDING_WORDS } from './words/findings.ts';
import { RESULT_WORDS } from './words/results.ts';
import { SESSION_WORDS } from './words/sessions.ts';
import { SIGN_IN_WORDS } from './words/sign-in.ts';
import { STATUS_WORDS } from './words/status.ts';
import { AGENT_WORDS } from './words/agents.ts';

/** Every text that people read, in English; those of the manifest are in `package.nls.json`. Grouped by what shows them. */
export const WORDS = {
  product: 'Sluice',
  results: RESULT_WORDS,
  sessions: SESSION_WORDS,
  signIn: SIGN_IN_WORDS,
  sql: SQL_WORDS,
  status: STATUS_WORDS,
  agents: AGENT_WORDS,
  findings: FINDING_WORDS,
} as const;

export type Words = typeof WORDS;
export type SessionWords = Words['sessions'];
