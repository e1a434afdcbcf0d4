/**
 * Text that is safe in front of people: the relay's own words, and texts of others that went through `quoted` and
 * its like. Only this folder makes one, so that a foreign text that was forgotten is an error of types.
 */
export type ShownText = string & { readonly __brand: 'ShownText' };

/**
 * A sentence of the relay's own. What stands between its words is text that is safe already, a number, or one of a
 * closed list of words: a bare `string` is refused.
 */
export function shown<const Parts extends readonly (string | number)[]>(
  words: TemplateStringsArray,
  ...parts: { readonly [Index in keyof Parts]: OwnWord<Parts[Index]> }
): ShownText {
  return String.raw({ raw: words }, ...(parts as readonly unknown[])) as ShownText;
}

/** `never` for a `string` of which nothing more is known. */
type OwnWord<Part> = Part extends ShownText | number ? Part : string extends Part ? never : Part;

/** Several on one line, or on lines of their own with `'\n'`. */
export function joined(
  texts: readonly ShownText[],
  separator: ', ' | '; ' | ': ' | ' ' | '  ' | '\n',
): ShownText {
  return texts.join(separator) as ShownText;
}
