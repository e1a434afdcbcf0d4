/** The terms of an entry as they are kept, one a line: no term holds a line feed. */
export function keptTerms(terms: readonly string[]): string {
  return terms.join('\n');
}

export function termsIn(kept: string): readonly string[] {
  return kept === '' ? [] : kept.split('\n');
}
