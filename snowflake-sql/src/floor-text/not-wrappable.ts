import type { SourceRange } from '../source-range.ts';

/** Thrown only within this folder; callers never see it. */
export class NotWrappable extends Error {
  readonly range: SourceRange;
  constructor(reason: string, { start, end }: SourceRange) {
    super(reason);
    this.range = { start, end };
  }
}
