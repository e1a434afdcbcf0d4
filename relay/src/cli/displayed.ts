import stringWidth from 'string-width';

/** Columns that a text takes in a terminal, as most of them show it. */
export function displayed(text: string): number {
  return stringWidth(text);
}
