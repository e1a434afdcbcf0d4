import type { TextPlace } from '@sluice/contract';
import {
  type InvalidStatement,
  keyOfObject,
  type SourceRange,
  type Understanding,
  type UnderstandingProblem,
  type UsedObject,
} from '@sluice/snowflake-sql';
import { type ErrorCode, SluiceError, type SluiceErrorOptions } from '../errors.ts';
import { inSingleQuotes, quoted, shown, type ShownText, word } from '../text/index.ts';
import type { StatementAssessment } from './assess-statement.ts';

/**
 * What the client is told of a statement that may not run. A mistake in it is told as Snowflake would tell it, so that
 * programs go on handling it as they do there; all else is a decision of the policy, and says so.
 */
export function refusalOf(
  sql: string,
  assessment: Pick<StatementAssessment, 'understanding' | 'decision'> & {
    readonly used?: readonly UsedObject[];
  },
): SluiceError {
  const { understanding, decision } = assessment;
  const { rule, reason, range } = decision;
  const unknown = NO_RULE_SAID.has(rule) ? unknownFunction(understanding, assessment.used ?? []) : null;
  if (unknown !== null) {
    const { name, at } = unknown;
    const message = shown`Unknown function ${word(name.name)}`;
    return new SluiceError('function_unknown', message, { rule, place: placeIn(sql, at) });
  }
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
/** What is opaque because nobody declares it, or is let through by no rule: no author of a policy has meant it. */
const NO_RULE_SAID: ReadonlySet<string> = new Set(['opaque', 'default']);

/** The first function that is called and that the warehouse has looked for and not found; null where there is none. */
function unknownFunction(understanding: Understanding, used: readonly UsedObject[]) {
  if (!understanding.understood) return null;
  const missing = new Set(used.flatMap(({ name, version }) => (version === null ? [keyOfObject(name)] : [])));
  const call = understanding.functions.find(
    ({ name, builtIn }) => !builtIn && missing.has(keyOfObject(name)),
  );
  return call === undefined ? null : { name: call.name, at: call.range };
}

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

interface Mistake extends Pick<SluiceErrorOptions, 'advice' | 'warehouse'> {
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
    case 'invalid':
      return problem.invalid === undefined ? null : invalidStatement(problem.invalid);
    case 'too_deep':
    case 'too_complex':
    case 'unsupported':
    case 'not_loaded':
      return null;
    default:
      return code satisfies never;
  }
}

/** Word for word what Snowflake says, with its codes. */
function invalidStatement(invalid: InvalidStatement): Mistake {
  switch (invalid.what) {
    case 'too_few_arguments':
    case 'too_many_arguments': {
      const isFew = invalid.what === 'too_few_arguments';
      return {
        code: 'arguments_invalid',
        message: shown`${isFew ? 'not enough' : 'too many'} arguments for function [${word(invalid.function)}]${isFew ? ',' : ''} expected ${invalid.expected}, got ${invalid.given}`,
        warehouse: { code: isFew ? '000938' : '000939', sqlState: '22023' },
      };
    }
    case 'set_columns':
      return {
        code: 'statement_invalid',
        message: shown`invalid number of result columns for set operator input branches, expected ${invalid.expected}, got ${invalid.given} in branch {${invalid.branch}}`,
        warehouse: { code: '001789', sqlState: '42601' },
      };
    case 'insert_values':
      return {
        code: 'statement_invalid',
        message: shown`Insert value list does not match column list expecting ${invalid.expected} but got ${invalid.given}`,
        warehouse: { code: '002020', sqlState: '21S01' },
      };
    case 'values_rows':
      return {
        code: 'statement_invalid',
        message: shown`the rows of VALUES have different numbers of values`,
        warehouse: { code: '001003', sqlState: '42000' },
      };
    case 'unknown_result':
      return {
        code: 'result_unavailable',
        message: shown`Statement not found: the session has run no such statement, its result has no columns, or it is kept no longer`,
      };
    default:
      return invalid satisfies never;
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
