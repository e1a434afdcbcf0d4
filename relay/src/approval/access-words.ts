import type { AccessTerms } from '@sluice/contract';
import { quoted, shown, type ShownText, word } from '../text/index.ts';
import type { AccessApproval } from './approval.ts';
import type { AccessRequest } from './approval-request.ts';
import { boundsOf } from './grant-bounds.ts';
import { grantWords, lastingFrom } from './grant-words.ts';

/** What approving it would do, in one sentence that could not be one about a statement that is held. */
export function accessSentence({ terms, decision }: AccessRequest): ShownText {
  const rows = shown`at most ${rowsShown(terms.rows)} each and ${terms.rowsInAll} in all`;
  return shown`Asked for ahead, nothing waits: would let statements of one shape run unasked, ${lasting(terms)}, for ${rows}. The example: ${decision.sentence}`;
}

/** What approving it gives, a sentence each. */
export function accessCovers({ request }: Pick<AccessApproval, 'request'>): readonly ShownText[] {
  const bounds = boundsOf(request);
  const { terms } = request;
  const { rows, rowsInAll } = terms;
  return [
    ...(bounds === null ? [] : grantWords(request, bounds, { rows, rowsInAll, lasting: lasting(terms) })),
    shown`Only for what comes ${programShown(terms.program)}.`,
    shown`Asked for, in their own words, for: ${quoted(terms.purpose, PURPOSE)}`,
  ];
}

/** `for 4 hours from when it is approved` */
export function lasting({ seconds, from }: Pick<AccessTerms, 'seconds' | 'from'>): ShownText {
  if (from === null) return shown`for ${durationShown(seconds)} from when it is approved`;
  const begins = Date.parse(from);
  return lastingFrom(begins, begins + seconds * 1000);
}

export function programShown({
  application,
  protocol,
  agent,
  tokenClient,
}: AccessTerms['program']): ShownText {
  const how = protocol === 'snowflake' ? 'a Snowflake driver' : 'MCP or the HTTP API';
  const named = agent === null ? 'no agent named' : shown`the agent ${quoted(agent, SHORT)}`;
  const client =
    tokenClient === null
      ? 'tokens that name no client'
      : shown`tokens of the client ${word(tokenClient, SHORT)}`;
  return shown`by ${how}, from the program ${quoted(application, SHORT)}, with ${named} and ${client}`;
}

/** As much of it as the contract takes, with room for what is made visible. */
const PURPOSE = { most: 8_000 };
const SHORT = { most: 80 };

function rowsShown(rows: number): ShownText {
  return rows === 1 ? shown`1 row` : shown`${rows} rows`;
}

function durationShown(seconds: number): ShownText {
  if (seconds % 3600 === 0) return seconds === 3600 ? shown`1 hour` : shown`${seconds / 3600} hours`;
  if (seconds % 60 === 0) return seconds === 60 ? shown`1 minute` : shown`${seconds / 60} minutes`;
  return seconds === 1 ? shown`1 second` : shown`${seconds} seconds`;
}
