/**
 * One JSON object on one line. A terminal shows it too, so what JSON leaves as it is, and a terminal would obey or
 * hide, is written as JSON's own escape: whoever parses it gets the same.
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
