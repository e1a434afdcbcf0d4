/**
 * Text of others, as a terminal may print it: what would move the cursor, change colours or reorder text
 * is written out, so that an approver sees that it is there.
 */
export function shown(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '\t' ? '  ' : `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
