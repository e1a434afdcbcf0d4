/** A half-open range `[start, end)` of UTF-16 offsets into one SQL text. */
export interface SourceRange {
  readonly start: number;
  readonly end: number;
}
