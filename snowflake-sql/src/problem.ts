import { TooComplex } from './budget.ts';
import type { SourceRange } from './source-range.ts';
import type { UnderstandingProblem } from './understanding.ts';

/** Thrown while a statement is bound and has no meaning here; it never leaves the analysis. */
export class Unresolvable extends Error {
  readonly problem: UnderstandingProblem;

  constructor(code: UnderstandingProblem['code'], message: string, { start, end }: SourceRange) {
    super(message);
    this.problem = { code, message, range: { start, end } };
  }
}

/** Too deep to walk, or a defect of ours: either way it is not understood, and so it is not let through. */
export function problemOf(thrown: unknown, range: SourceRange): UnderstandingProblem {
  if (thrown instanceof Unresolvable) return thrown.problem;
  if (thrown instanceof TooComplex)
    return { code: 'too_complex', message: 'the statement is too complex to analyse', range };
  if (thrown instanceof RangeError)
    return { code: 'too_deep', message: 'the statement is nested too deeply', range };
  return { code: 'unsupported', message: 'the statement could not be understood', range };
}
