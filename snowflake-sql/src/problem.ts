import { TooComplex } from './budget.ts';
import type { SourceRange } from './source-range.ts';
import type { InvalidStatement, UnderstandingProblem } from './understanding.ts';

/** Thrown during binding if a statement cannot be resolved; callers of the analysis never see it. */
export class Unresolvable extends Error {
  readonly problem: UnderstandingProblem;

  /** @param details - the name that it is about, if Snowflake's own error says nothing more; in what way it is invalid */
  constructor(
    code: UnderstandingProblem['code'],
    message: string,
    { start, end }: SourceRange,
    details: Pick<UnderstandingProblem, 'name' | 'invalid'> = {},
  ) {
    super(message);
    this.problem = { code, message, range: { start, end }, ...details };
  }
}

/** @param name - as it would be written in SQL */
export function unknownColumn(name: string, at: SourceRange): Unresolvable {
  return new Unresolvable('column_unknown', `invalid identifier \`${name}\``, at, { name });
}

/** @param name - as it would be written in SQL */
export function ambiguousColumn(name: string, at: SourceRange): Unresolvable {
  return new Unresolvable('ambiguous', `ambiguous column name \`${name}\``, at, { name });
}

/** Well-formed, and wrong in a way that Snowflake has an error of its own for. */
export function invalid(invalid: InvalidStatement, message: string, at: SourceRange): Unresolvable {
  return new Unresolvable('invalid', message, at, { invalid });
}

/**
 * Nested too deeply, or a defect of this package: in both cases the statement is not understood, and therefore refused.
 */
export function problemOf(thrown: unknown, range: SourceRange): UnderstandingProblem {
  if (thrown instanceof Unresolvable) return thrown.problem;
  if (thrown instanceof TooComplex)
    return { code: 'too_complex', message: 'the statement is too complex to analyse', range };
  if (thrown instanceof RangeError)
    return { code: 'too_deep', message: 'the statement is nested too deeply', range };
  return { code: 'unsupported', message: 'the statement could not be understood', range };
}
