/**
 * One JSON value on one line. It may be displayed in a terminal, so characters that a terminal would interpret or hide
 * are written as JSON escapes, which parse to the same value.
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /(?! )[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu,
    (character) =>
      Array.from({ length: character.length }, (_, at) => {
        const unit = character.charCodeAt(at).toString(16).padStart(4, '0');
        return `\\u${unit}`;
      }).join(''),
  );
}
