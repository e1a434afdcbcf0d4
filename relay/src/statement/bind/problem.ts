import type { SourceRange } from '../source-range.ts';
import type { UnderstandingProblem } from '../understanding.ts';

/** Thrown while a statement is bound when a statement has no meaning here; it never leaves the analysis. */
export class Unresolvable extends Error {
  readonly problem: UnderstandingProblem;

  constructor(code: UnderstandingProblem['code'], message: string, { start, end }: SourceRange) {
    super(message);
    this.problem = { code, message, range: { start, end } };
  }
}
