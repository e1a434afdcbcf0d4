/** A text that is only looked for, as every database keeps it: what none keeps as it is, is replaced and not refused. */
export function keepable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
