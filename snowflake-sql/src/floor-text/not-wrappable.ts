import type { SourceRange } from '../source-range.ts';

/** Thrown inside of this folder only; it never leaves it. */
export class NotWrappable extends Error {
  readonly range: SourceRange;
  constructor(reason: string, { start, end }: SourceRange) {
    super(reason);
    this.range = { start, end };
  }
}
