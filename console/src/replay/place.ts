/** Which moment of a session an address means. */
export interface Place {
  /** The `seq` of an event. */
  readonly at?: number;
  /** A statement: the moment at which it was sent. */
  readonly statement?: string;
}

/** Reads it from an address that anybody may have written. */
export function readPlace(search: Readonly<Record<string, unknown>>): Place {
  const { at, statement } = search;
  const seq = Number(at ?? Number.NaN);
  if (Number.isSafeInteger(seq) && seq >= 0) return { at: seq };
  return typeof statement === 'string' ? { statement: statement.slice(0, 100) } : {};
}
