/**
 * Text that somebody else chose, made safe to show inside a sentence that people decide on: line breaks,
 * other control characters and those that turn the direction of text are written as escapes.
 */
export function visible(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
