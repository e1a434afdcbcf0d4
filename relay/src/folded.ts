/**
 * A name as it counts when names are compared: case, width, ligatures and blanks make no difference, and what
 * nobody can see is not there. Not for showing, and idempotent.
 */
export function folded(text: string): string {
  // Tabs and line breaks are control characters, too: they are blanks first.
  const seen = text.normalize('NFKC').replace(INVISIBLE, '').replace(/\s/gu, ' ').replace(CONTROL, '');
  // By way of upper case: `ß` and `ss`, `ſ` and `s`, both sigmas are one; and the capital `ẞ` by way of the small one.
  const folded = seen.toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
  return folded.replace(/ +/gu, ' ').trim();
}

/** Whether nothing in it is invisible, blanks around it aside: a name that looks like another is refused. */
export function isVisible(text: string): boolean {
  const inner = text.trim();
  return inner !== '' && inner.search(INVISIBLE) === -1 && inner.search(CONTROL) === -1;
}

/** Format characters, lone surrogates, private use, fillers, and the blank Braille pattern. */
const INVISIBLE = /[\p{Cf}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\u2800]/gu;
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/gu;
