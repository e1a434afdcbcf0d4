import { type Extension, RangeSetBuilder } from '@codemirror/state';
import { Decoration, EditorView, WidgetType } from '@codemirror/view';

/** Default-ignorable characters and those of other directions, beside what the editor shows by itself. */
export const INVISIBLE =
  /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Cf}\u00a0\u2000-\u200f\u202f\u205f\u3000]/gu;

export function hasInvisible(sql: string): boolean {
  return /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Cf}]/u.test(sql);
}

/** With such characters written out as their code points. */
export function visible(sql: string): string {
  return sql.replaceAll(INVISIBLE, (character) => `⟨${codePoint(character)}⟩`);
}

/** Long runs of blanks, which push what follows out of sight, as a note of how many there are. */
export function hiddenIn(sql: string): Extension {
  const ranges = new RangeSetBuilder<Decoration>();
  for (const { index, 0: run } of sql.matchAll(/[ \t]{40,}/g)) {
    ranges.add(index, index + run.length, Decoration.replace({ widget: new Blanks(run.length) }));
  }
  return [EditorView.decorations.of(ranges.finish()), EditorView.decorations.of(otherLetters(sql))];
}

/** Letters of other alphabets look like Latin ones: they stand out, and say which they are. */
function otherLetters(sql: string) {
  const ranges = new RangeSetBuilder<Decoration>();
  for (const { index, 0: letters } of sql.matchAll(
    /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]+/gu,
  )) {
    const title = Array.from(letters).map(codePoint).join(' ');
    ranges.add(
      index,
      index + letters.length,
      Decoration.mark({ class: 'sql-other-letters', attributes: { title } }),
    );
  }
  return ranges.finish();
}

function codePoint(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}

class Blanks extends WidgetType {
  readonly count: number;

  constructor(count: number) {
    super();
    this.count = count;
  }

  override eq(other: Blanks): boolean {
    return other.count === this.count;
  }

  override toDOM(): HTMLElement {
    const note = document.createElement('span');
    note.className = 'sql-blanks';
    note.textContent = `${this.count.toLocaleString('en')} blanks`;
    return note;
  }
}
