import type { TextPlace } from '@sluice/contract';
import type { SourceRange, Understanding, UnderstandingProblem } from '@sluice/snowflake-sql';
import { type ErrorCode, SluiceError, type SluiceErrorOptions } from '../errors.ts';
import { inSingleQuotes, quoted, shown, type ShownText, word } from '../text/index.ts';
import type { StatementAssessment } from './assess-statement.ts';

/**
 * What the client is told of a statement that may not run. A mistake in it is told as Snowflake would tell it, so that
 * programs go on handling it as they do there; all else is a decision of the policy, and says so.
 */
export function refusalOf(
  sql: string,
  { understanding, decision }: Pick<StatementAssessment, 'understanding' | 'decision'>,
): SluiceError {
  const { rule, reason, range } = decision;
  const problem = rule === NOT_UNDERSTOOD ? problemIn(understanding) : null;
  const mistake = problem === null ? null : mistakeOf(sql, problem);
  if (mistake !== null) {
    const { code, message, ...options } = mistake;
    return new SluiceError(code, message, { ...options, rule, place: placeIn(sql, range) });
  }
  const advice = ('advice' in decision ? decision.advice : undefined) ?? NO_FORM;
  return new SluiceError('blocked', shown`blocked by rule \`${word(rule)}\`: ${reason}`, {
    advice,
    rule,
    place: placeIn(sql, range),
    // For Snowflake, too, another's role and one that is not there are the same.
    ...(understanding.kind.name === 'use_role' ? { warehouse: ROLE_NOT_ASSIGNED } : {}),
  });
}

/** "Requested role 'X' is not assigned to the executing user." */
const ROLE_NOT_ASSIGNED = { code: '003013', sqlState: '42501' };

const NO_FORM = shown`leave it out: there is no form of it that passes`;

/** As the policy calls it. */
const NOT_UNDERSTOOD = 'not-understood';

/** In the statement, or in the first one inside it that has any. */
function problemIn(understanding: Understanding): UnderstandingProblem | null {
  if (!understanding.understood) return understanding.problem;
  for (const inner of understanding.inner) {
    const problem = problemIn(inner);
    if (problem !== null) return problem;
  }
  return null;
}

interface Mistake extends Pick<SluiceErrorOptions, 'advice'> {
  readonly code: ErrorCode;
  readonly message: ShownText;
}

/** Characters: three names of 255 each would be no sentence. */
const NAME = { most: 200 };

/** Null for what is no mistake: SQL that may be right, and that is not understood all the same. */
function mistakeOf(sql: string, problem: UnderstandingProblem): Mistake | null {
  const { code, message, range, name } = problem;
  switch (code) {
    case 'syntax': {
      const { line, column } = placeIn(sql, range);
      return {
        code: 'statement_syntax',
        // Snowflake counts the columns of a line from 0.
        message: shown`syntax error line ${line} at position ${column - 1} unexpected ${found(sql, range)}`,
        advice: shown`the relay runs only what it can parse: ${quoted(message, { most: 400 })}`,
      };
    }
    case 'object_unknown':
      if (name === undefined) return { code: 'object_unknown', message: quoted(message) };
      return {
        code: 'object_unknown',
        message: shown`Object ${inSingleQuotes(name, NAME)} does not exist or not authorized`,
      };
    case 'column_unknown':
      return {
        code: 'column_unknown',
        message:
          name === undefined ? quoted(message) : shown`invalid identifier ${inSingleQuotes(name, NAME)}`,
      };
    case 'ambiguous':
      if (name === undefined) return null;
      return {
        code: 'column_ambiguous',
        message: shown`ambiguous column name ${inSingleQuotes(name, NAME)}`,
      };
    case 'too_deep':
    case 'too_complex':
    case 'unsupported':
    case 'not_loaded':
      return null;
    default:
      return code satisfies never;
  }
}

function found(sql: string, { start, end }: SourceRange): ShownText {
  if (start >= sql.length) return shown`'<EOF>'`;
  return inSingleQuotes(sql.slice(start, Math.max(end, start + 1)), { most: 40 });
}

/** For people: line and column from 1. */
export function placeIn(sql: string, { start, end }: SourceRange): TextPlace {
  let line = 1;
  let begin = 0;
  for (let at = sql.indexOf('\n'); at >= 0 && at < start; at = sql.indexOf('\n', at + 1)) {
    line += 1;
    begin = at + 1;
  }
  return { start, end, line, column: start - begin + 1 };
}
