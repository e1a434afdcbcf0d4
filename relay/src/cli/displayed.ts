import stringWidth from 'string-width';

/** The number of columns that a text takes in most terminals. */
export function displayed(text: string): number {
  return stringWidth(text);
}
